import Bytes
import Deflate
import Host

/// `deflate FILE [JOBS]`: one gzip member of the file, its blocks cut by size alone.
enum DeflateBenchmark {
    private struct CountingSink: ByteSink {
        var count: UInt64 = 0
        mutating func write(_ bytes: UnsafeRawBufferPointer) throws(StreamError) {
            count += UInt64(bytes.count)
        }
    }

    static func run(file: String, jobs: [Int]) throws {
        for count in jobs {
            var (input, output): (UInt64, UInt64) = (0, 0)
            let measured = try Measurement.of { (input, output) = try compress(file, jobs: count) }
            let rate = Double(input) / 1e6 / measured.seconds
            print(
                "subject=deflate jobs=\(count) input=\(input) output=\(output) seconds=\(rounded(measured.seconds))",
                "cpu_seconds=\(rounded(measured.processorSeconds)) mb_per_second=\(rounded(rate))",
                "peak_kib=\(measured.peakKiB)")
        }
    }

    private static func compress(_ path: String, jobs: Int) throws -> (UInt64, UInt64) {
        let file = try ReadableFile(path: path)
        var source = RangeSource(file)
        var sink = ParallelGzipSink(CountingSink(), jobs: jobs)
        let chunk = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 18, alignment: 16)
        defer { chunk.deallocate() }
        while true {
            let count = try source.read(into: chunk)
            if count == 0 { break }
            try sink.write(UnsafeRawBufferPointer(rebasing: chunk[..<count]))
        }
        return (file.count, try sink.finish().count)
    }
}
