import Bytes
import Digests
import FileTree
import Host
import OCI
import Tar
import TestSupport
import Testing

@Suite struct HostileLayerTests {
    /// The problem that a layer of exactly these bytes ends in; nil if it is taken.
    private func problem(
        tar: [UInt8], blob: [UInt8]? = nil, limits: LayerLimits = .default
    ) throws -> (problem: ImageError.Problem?, entries: [TarEntry], blob: SHA256Digest) {
        let builder = try LayoutBuilder()
        let descriptor = try builder.layout.addBlob(blob ?? StoredGzip.compress(tar), mediaType: .layerGzip)
        let layer = ImageLayer(descriptor: descriptor, diffID: SHA256Digest(hashing: tar))
        try builder.index("i", [try builder.manifest([layer])])
        let directory = "\(builder.directory.path)/derived"
        let store = LayerStore(layout: builder.layout, directory: directory, limits: limits)
        let image = try builder.layout.image(ImageReference("i"), platform: Platform(architecture: "amd64"))
        defer {
            let left = (try? builder.directory.list("derived/layers")) ?? []
            #expect(left.allSatisfy { !$0.hasPrefix(".") }, "temporary files stay: \(left)")
        }
        do throws(ImageError) {
            return (nil, try store.entries(of: image), descriptor.digest)
        } catch {
            #expect(error.reference == "docker.io/library/i")
            return (error.problem, [], descriptor.digest)
        }
    }

    private func layerProblem(_ tar: [UInt8], blob: [UInt8]? = nil) throws -> LayerProblem? {
        let found = try problem(tar: tar, blob: blob)
        guard case .layer(let problem) = found.problem else {
            Issue.record("\(String(describing: found.problem))")
            return nil
        }
        #expect(problem.layer == found.blob)
        return problem
    }

    @Test(
        "What climbs out, or leads nowhere, is refused with its name and place",
        arguments: [
            TestMember.file("../x"), .file("a/../../x"), .directory(".."), .symlink("/../x", to: "y"),
            .hardLink("a", to: "../etc/passwd"), .hardLink("a", to: "missing"), .hardLink("a", to: "d"),
            .file("loop/x"), .file(".wh."), .file("d/.wh.."), .file("d/.wh..."), .file("."),
            TestMember("sparse", type: "S"), TestMember("odd", type: "Q"),
            .file(ByteString([UInt8](repeating: 0x61, count: 70_000))),
        ])
    func refused(member: TestMember) throws {
        let before: [TestMember] = [
            .directory("d"), .file("f", "1"), .symlink("loop", to: "pool"), .symlink("pool", to: "loop"),
        ]
        let problem = try layerProblem(TestTar.archive(before + [member]))
        #expect(problem?.entry == member.name)
        #expect(problem?.offset == UInt64(before.flatMap(TestTar.bytes).count))
    }

    @Test("What is odd but means something is taken as it is")
    func taken() throws {
        let long = ByteString((0..<16).map { _ in String(repeating: "n", count: 255) }.joined(separator: "/"))
        var device = TestMember("dev/null", type: "3")
        (device.deviceMajor, device.deviceMinor) = (1, 3)
        let members: [TestMember] = [
            .file("/absolute"), .file("a//./b"), .file("a/../c"), device, TestMember("fifo", type: "6"),
            .symlink("out", to: "../../../../etc/passwd"), .file(long),
            .file(ByteString([0xFF, 0x0A, 0x80])),
            .hardLink("hard", to: "/absolute"), .file(".wh.a/b"),
        ]
        let found = try problem(tar: TestTar.archive(members))
        #expect(found.problem == nil)
        #expect(
            found.entries.map(\.header.name) == [
                "absolute", "a/b", "c", "dev/null", "fifo", "out", long, ByteString([0xFF, 0x0A, 0x80]),
                "hard",
                ".wh.a/b",
            ])
    }

    @Test("A stream that ends early is refused where it ends")
    func truncated() throws {
        let tar = TestTar.archive([.file("first", "1"), .file("second", String(repeating: "x", count: 5000))])
        for length in [1, 511, 512, 1024, 1030, 1536, 4000] {
            let cut = Array(tar[..<length])
            let found = try problem(tar: cut)
            // A tar may end without its zero blocks, as Go reads it, but only between members.
            if length == 1024 { continue }
            guard case .layer(let problem) = found.problem else {
                Issue.record("\(length): \(String(describing: found.problem))")
                continue
            }
            #expect(problem.offset != nil)
        }
        let blob = StoredGzip.compress(tar)
        for length in [5, 100, 700, blob.count - 8, blob.count - 1] {
            #expect(try layerProblem(tar, blob: Array(blob[..<length])) != nil)
        }
        var corrupt = blob
        corrupt[200] ^= 1
        let problem = try layerProblem(tar, blob: corrupt)
        #expect(problem?.reason.isEmpty == false)
        // gzip(1) and Go's tools ignore what follows, and the diff ID says that nothing is missing.
        #expect(try self.problem(tar: tar, blob: blob + [1, 2, 3]).problem == nil)
        #expect(try self.problem(tar: tar, blob: blob + [UInt8](repeating: 0, count: 700)).problem == nil)
    }

    @Test("A blob that is not a tar archive is reported with its label and first bytes")
    func unknownFormats() throws {
        func reason(_ blob: [UInt8], tar: [UInt8]? = nil) throws -> String? {
            let problem = try layerProblem(tar ?? blob, blob: blob)
            #expect(problem?.offset == 0)
            return problem?.reason
        }
        let noise = (0..<2000).map { UInt8($0 & 0xff) }
        #expect(
            try reason([0x50, 0x2a, 0x4d, 0x18] + noise)
                == "not a tar archive (labelled gzip, starts with 50 2a 4d 18)")
        #expect(
            try reason([0xde, 0xad]) == "not a tar archive (labelled gzip, starts with de ad)")
        let bzip2 = try reason(Array("BZh91AY&SY".utf8) + noise)
        #expect(bzip2?.hasPrefix("compressed with bzip2") == true, "\(String(describing: bzip2))")
        #expect(bzip2?.contains("labelled gzip, starts with 42 5a 68 39") == true)
        let inside = try reason(StoredGzip.compress(noise), tar: noise)
        #expect(inside?.hasPrefix("not a tar archive inside gzip data") == true)
    }

    @Test(
        "Layers in xz, and in zstd behind a skippable frame, are read",
        .enabled(if: Tool.available("xz", "zstd"), "xz or zstd is not installed"), arguments: ["xz", "zstd"])
    func otherCompressions(tool: String) throws {
        let tar = TestTar.archive([.file("a", "1")])
        let packed = try Tool.run(tool, ["-q", "-c"], input: tar).output
        let skippable: [UInt8] = tool == "zstd" ? [0x50, 0x2a, 0x4d, 0x18, 4, 0, 0, 0, 1, 2, 3, 4] : []
        let found = try problem(tar: tar, blob: skippable + packed)
        #expect(found.problem == nil)
        #expect(found.entries.map(\.header.name) == ["a"])
    }

    @Test("Global extended headers are no members of a layer")
    func globalHeader() throws {
        var global = TestMember("pax_global_header", type: "g")
        global.contents = Array("52 comment=0123456789abcdef0123456789abcdef01234567\n".utf8)
        let tar = TestTar.archive([global, .file("a", "1"), global, .file("b", "2")])
        let found = try problem(tar: tar)
        #expect(found.problem == nil)
        #expect(found.entries.map(\.header.name) == ["a", "b"])
        #expect(found.entries.allSatisfy { $0.header.records.isEmpty })
    }

    @Test("Sizes that cannot be are refused")
    func impossibleSizes() throws {
        for size in [1 << 32, 1 << 33 - 1] {
            let header = TestTar.header(.file("huge"), size: size)
            let problem = try layerProblem(header + [UInt8](repeating: 0, count: 2048))
            #expect(problem?.entry == "huge")
        }
        var negative = TestTar.header(.file("negative"), size: 0)
        negative.replaceSubrange(124..<136, with: [UInt8](repeating: 0xFF, count: 12))
        negative.replaceSubrange(148..<156, with: Array("        ".utf8))
        let sum = negative.reduce(0) { $0 + Int($1) }
        negative.replaceSubrange(148..<154, with: Array(String(sum, radix: 8).utf8.suffix(6)))
        #expect(try layerProblem(negative + [UInt8](repeating: 0, count: 1024)) != nil)
        #expect(try layerProblem([UInt8](repeating: 0x41, count: 2048))?.offset == 0)
    }

    @Test("A bomb is refused at its limit")
    func bomb() throws {
        var limits = LayerLimits()
        limits.maximumSize = 1 << 20
        let tar = TestTar.archive([.file("zeros", String(repeating: "0", count: 2 << 20))])
        let found = try problem(tar: tar, limits: limits)
        guard case .layer(let problem) = found.problem else {
            Issue.record("\(String(describing: found.problem))")
            return
        }
        #expect(problem.reason.contains("1048576"))
        #expect(problem.entry == "zeros")
        limits = LayerLimits()
        limits.maximumEntries = 3
        let many = TestTar.archive((0..<4).map { .file(ByteString("f\($0)")) })
        #expect(try self.problem(tar: many, limits: limits).problem != nil)
    }

    @Test("Links that make short names long are refused before memory runs out")
    func amplification() throws {
        let part = ByteString(String(repeating: "p/", count: 1000))
        var members: [TestMember] = []
        var name: ByteString = "l0"
        for number in 1..<40 {
            members.append(.symlink(name, to: part))
            name = name + ByteString("/l\(number)")
        }
        let problem = try layerProblem(TestTar.archive(members))
        #expect(problem?.reason.hasPrefix("links make its path") == true, "\(String(describing: problem))")
    }

    @Test("A hundred thousand names in one directory are no trouble, nor as many whiteouts of it")
    func largeDirectory() throws {
        let count = 2000
        let lower = (0..<count).map { TestMember.file(ByteString("d/f\($0)")) }
        let marks = (0..<count).map { _ in TestMember.opaque("d/") }
        let found = try problem(tar: TestTar.archive(lower + marks))
        #expect(found.entries.count == count)
    }

    @Test("Random damage never does worse than an error", arguments: [TestSeed.value])
    func fuzz(seed: UInt64) throws {
        var state = seed
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        let whole = TestTar.archive([
            .directory("d"), .file("d/a", "text"), .hardLink("d/b", to: "d/a"), .symlink("s", to: "d"),
            .file(ByteString(String(repeating: "long/", count: 40) + "x"), "y"), .whiteout("d/", "z"),
        ])
        for round in 0..<30 {
            var tar = whole
            for _ in 0...random(4) { tar[random(tar.count)] = UInt8(random(256)) }
            if random(3) == 0 { tar.removeLast(random(tar.count)) }
            let found = try problem(tar: tar)
            if case .stream(let error) = found.problem {
                Issue.record("seed \(seed), round \(round): \(error)")
            }
        }
    }
}
