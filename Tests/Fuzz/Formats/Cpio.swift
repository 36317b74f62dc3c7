import Bytes
import Cpio

extension FuzzFormat {
    static let cpio = FuzzFormat(
        name: "cpio",
        seeds: {
            var writer = CpioWriter(ByteArraySink())
            try writer.write(try SampleTree.whole(), from: SampleTree.Store())
            return [Specimen(try writer.finish().bytes)]
        },
        read: { specimen in
            var reader = CpioReader(RangeSource(specimen))
            var count = 0
            while let member = try reader.next() {
                count += 1
                guard UInt64(count) * 110 <= specimen.count else {
                    throw BrokenPromise("\(count) members in \(specimen.count) bytes")
                }
                // One half is read, the other passed over.
                if count % 2 == 0 { continue }
                let data = try reader.readData(limit: 1 << 20)
                guard data.count == member.header.dataSize else {
                    throw BrokenPromise("\(data.count) bytes of \(member.header.dataSize)")
                }
            }
        })
}
