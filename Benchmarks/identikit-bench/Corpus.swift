import Bytes
import Deflate
import Digests
import FileTree
import Host
import OCI
import Tar

/// `corpus DIRECTORY BYTES FILES`: a layout and a kit whose image has about that many bytes and files.
///
/// The bytes are always the same. Two services share one base, which the `tar` output contains twice and an
/// initrd once; they also share some files beyond it.
struct Corpus {
    let directory: String
    let bytes: Int
    let files: Int
    private var maker = ContentMaker()
    private let platform = Platform(architecture: "amd64")

    init(directory: String, bytes: Int, files: Int) {
        self.directory = directory
        self.bytes = bytes
        self.files = files
    }

    mutating func write() throws {
        let layout = try ImageLayout(creating: "\(directory)/layout")
        let kernel = try kernelLayer(layout)
        let initial = try layer(layout, LayerPlan(seed: 100, share: 10, of: self))
        let base = try layer(layout, LayerPlan(seed: 200, share: 30, of: self))
        let one = try layer(layout, LayerPlan(seed: 300, share: 15, of: self))
        let two = try layer(layout, LayerPlan(seed: 400, share: 15, of: self))
        try image(layout, "bench/kernel:1", [kernel])
        try image(layout, "bench/init:1", [initial])
        try image(layout, "bench/one:1", [base, one])
        try image(layout, "bench/two:1", [base, two])
        var file = try AtomicFile(path: "\(directory)/kit.yml")
        try file.write(Array(Self.kit.utf8))
        try file.commit()
    }

    private static let kit = """
        kernel:
          image: bench/kernel:1
          cmdline: console=ttyS0
        init:
          - bench/init:1
        services:
          - name: one
            image: bench/one:1
          - name: two
            image: bench/two:1

        """

    private func image(_ layout: ImageLayout, _ name: String, _ layers: [ImageLayer]) throws {
        var configuration = ImageConfiguration(platform: platform, diffIDs: layers.map(\.diffID))
        configuration.config.command = ["/bin/service"]
        let document = try layout.addBlob(configuration.encoded(), mediaType: .imageConfiguration)
        let manifest = ImageManifest(configuration: document, layers: layers.map(\.descriptor))
        try layout.tag(try ImageReference(name), try layout.addManifest(manifest))
    }

    /// The kernel as a file, and an archive of modules.
    private mutating func kernelLayer(_ layout: ImageLayout) throws -> ImageLayer {
        var modules = TarWriter(MemorySink())
        for number in 0..<200 {
            let name = ByteString("lib/modules/6.12.0/kernel/drivers/module\(number).ko")
            try add(name, size: 40_000, seed: UInt64(9000 + number), to: &modules)
        }
        let archive = try modules.finish().bytes
        var writer = try startLayer(layout)
        try addKernel(size: 8 << 20, to: &writer)
        var header = Self.header("kernel.tar", size: archive.count)
        header.mode = 0o644
        try writer.begin(header)
        try writer.writeData(archive)
        return try finishLayer(writer)
    }

    /// A file with a kernel's headers, so that it can go into a unified kernel image, but without its code.
    private mutating func addKernel<Sink: ByteSink & ~Copyable>(
        size: Int, to writer: inout TarWriter<Sink>
    ) throws {
        try writer.begin(Self.header("kernel", size: size))
        let headers = KernelHeaders.bytes(of: size)
        try writer.writeData(headers)
        try maker.make(seed: Self.binarySeed, size: size - headers.count) { try writer.writeData($0) }
    }

    /// A seed whose contents are binary.
    private static let binarySeed: UInt64 = 20

    private mutating func layer(_ layout: ImageLayout, _ plan: LayerPlan) throws -> ImageLayer {
        var writer = try startLayer(layout)
        for directory in plan.directories { try writer.begin(Self.directory(directory)) }
        for number in 0..<plan.count {
            let name = plan.name(number)
            try add(name, size: plan.size(number), seed: plan.seed(number), to: &writer)
            if number % 40 == 0 { try writer.begin(Self.link(name + ".so", .hardLink, to: name)) }
            if number % 20 == 0 { try writer.begin(Self.link(name + ".so.1", .symbolicLink, to: "../file")) }
        }
        return try finishLayer(writer)
    }

    private mutating func add<Sink: ByteSink & ~Copyable>(
        _ name: ByteString, size: Int, seed: UInt64, to writer: inout TarWriter<Sink>
    ) throws {
        try writer.begin(Self.header(name, size: size))
        try maker.make(seed: seed, size: size) { try writer.writeData($0) }
    }
}

/// The sinks that a layer passes through: digest of the tar, gzip, digest of the blob.
private typealias LayerSink = DigestingSink<ParallelGzipSink<BlobWriter>>

extension Corpus {
    private func startLayer(_ layout: ImageLayout) throws -> TarWriter<LayerSink> {
        TarWriter(DigestingSink(ParallelGzipSink(try layout.blobWriter(), jobs: processorCount())))
    }

    private func finishLayer(_ writer: consuming TarWriter<LayerSink>) throws -> ImageLayer {
        let sink = try writer.finish()
        let diffID = sink.digest
        let blob = try sink.finish().finish()
        return ImageLayer(descriptor: try blob.commit(mediaType: .layerGzip), diffID: diffID)
    }

    fileprivate static func header(_ name: ByteString, size: Int) -> TarHeader {
        var header = TarHeader(name: name, typeFlag: .regular)
        header.mode = 0o755
        header.size = UInt64(size)
        header.modified.seconds = 1_700_000_000
        return header
    }

    fileprivate static func directory(_ name: ByteString) -> TarHeader {
        var header = header(name, size: 0)
        header.typeFlag = .directory
        return header
    }

    fileprivate static func link(_ name: ByteString, _ type: TarTypeFlag, to target: ByteString) -> TarHeader
    {
        var header = header(name, size: 0)
        header.typeFlag = type
        header.linkName = target
        return header
    }
}

/// The names, sizes and contents of a layer.
private struct LayerPlan {
    let count: Int
    private let base: UInt64
    private var weights: [Int] = []
    private let bytes: Int
    private var total = 0

    /// `share` percent of the corpus.
    init(seed: UInt64, share: Int, of corpus: Corpus) {
        base = seed << 32
        count = max(1, corpus.files * share / 100)
        bytes = corpus.bytes / 100 * share
        var generator = Generator(seed: seed)
        for _ in 0..<count {
            // Most files are small, most bytes are in large files.
            let octave = min(generator.next().trailingZeroBitCount, 11)
            weights.append((256 + generator.next(below: 1024)) << octave)
        }
        total = weights.reduce(0, +)
    }

    func size(_ number: Int) -> Int {
        isCommon(number)
            ? 4096 + number % 8192 : Int(Double(weights[number]) / Double(total) * Double(bytes))
    }

    func seed(_ number: Int) -> UInt64 { (isCommon(number) ? 0 : base) + UInt64(number) }

    /// Every eighth file is the same in every layer.
    private func isCommon(_ number: Int) -> Bool { number % 8 == 0 }

    /// Paths in directories of a hundred files, some of them deep.
    func name(_ number: Int) -> ByteString {
        directory(number / 100) + ByteString("/component-\(base >> 32)-\(number)")
    }

    var directories: [ByteString] {
        ["usr", "usr/share", "usr/lib"] + (0...(count - 1) / 100).map(directory)
    }

    private func directory(_ number: Int) -> ByteString {
        let deep =
            number % 10 == 0 ? "/a-folder-with-a-long-name-that-needs-an-extended-header-sooner-or-later" : ""
        return ByteString("usr/\(number % 2 == 0 ? "share" : "lib")/package\(number)\(deep)")
    }
}

private struct MemorySink: ByteSink {
    var bytes: [UInt8] = []
    mutating func write(_ bytes: UnsafeRawBufferPointer) { self.bytes += bytes }
}
