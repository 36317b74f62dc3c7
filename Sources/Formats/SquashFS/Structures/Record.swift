internal import Bytes

/// The bytes of a structure, all of which are there: who read them has made sure. Fields are little-endian.
struct Record {
    let bytes: [UInt8]

    func u16(_ offset: Int) -> UInt16 { bytes.little(at: offset) ?? 0 }
    func u32(_ offset: Int) -> UInt32 { bytes.little(at: offset) ?? 0 }
    func u64(_ offset: Int) -> UInt64 { bytes.little(at: offset) ?? 0 }
}
