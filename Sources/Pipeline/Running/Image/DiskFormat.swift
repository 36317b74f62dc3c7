internal import Bytes
internal import QCOW2
internal import VHD
internal import VMDK

/// The format of a disk image, by what stands in it and not by its name.
public enum DiskFormat: String, Sendable, Equatable, CaseIterable {
    case raw, qcow2, vmdk, vhdx, vdi
    /// QEMU's name for VHD.
    case vhd = "vpc"

    private static let marks: [(format: DiskFormat, offset: UInt64, bytes: [UInt8])] = [
        (.qcow2, 0, [0x51, 0x46, 0x49, 0xFB]),
        (.vmdk, 0, Array("KDMV".utf8)), (.vmdk, 0, Array("COWD".utf8)),
        (.vmdk, 0, Array("# Disk Descriptor".utf8)),
        (.vhdx, 0, Array("vhdxfile".utf8)), (.vdi, 0x40, [0x7F, 0x10, 0xDA, 0xBE]),
        // A dynamic VHD begins with a copy of its footer.
        (.vhd, 0, Array("conectix".utf8)),
    ]

    init(of image: some RandomAccessBytes) throws(StreamError) {
        // A fixed VHD is a raw disk and a footer.
        if image.count >= 1024, try image.has(Array("conectix".utf8), at: image.count - 512) {
            self = .vhd
            return
        }
        for mark in Self.marks where try image.has(mark.bytes, at: mark.offset) {
            self = mark.format
            return
        }
        self = .raw
    }

    /// The disk in `image`; nil where it cannot be read here, for instance because it refers to other files.
    func disk(in image: any RandomAccessBytes) -> (any RandomAccessBytes)? {
        switch self {
        case .raw: image
        case .qcow2: try? QCOW2Image(image)
        case .vmdk: try? VMDKImage(image)
        case .vhd: try? VHDImage(image)
        case .vhdx, .vdi: nil
        }
    }

    /// The endings that names have, without a dot, the most usual first.
    public var usualEndings: [String] {
        switch self {
        case .raw: ["img", "raw", "iso", "bin"]
        case .qcow2: ["qcow2", "qcow"]
        case .vmdk: ["vmdk"]
        case .vhdx: ["vhdx"]
        case .vdi: ["vdi"]
        case .vhd: ["vhd", "vpc"]
        }
    }
}

extension RandomAccessBytes {
    /// True if `mark` stands at `offset`.
    func has(_ mark: [UInt8], at offset: UInt64) throws(StreamError) -> Bool {
        guard count >= offset, count - offset >= UInt64(mark.count) else { return false }
        return try bytes(at: offset, length: mark.count, of: "the image") == mark
    }
}
