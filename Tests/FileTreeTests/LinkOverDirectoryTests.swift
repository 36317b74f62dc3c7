import Bytes
import FileTree
import TestSupport
import Testing

/// Links and directories that meet at one name: what is in the directory is where the link leads, whichever came
/// first.
@Suite struct LinkOverDirectoryTests {
    private typealias Step = @Sendable (inout FileTree.Builder) throws -> Void

    private static func directory(_ path: ByteString) -> Step { { try $0.directory(path) } }
    private static func file(_ path: ByteString, _ text: ByteString) -> Step { { try $0.file(path, text) } }
    private static func link(_ path: ByteString, _ target: ByteString) -> Step {
        { try $0.link(path, target) }
    }

    /// Runs the steps in every order in which the files of a directory follow it, and expects one result.
    private func expect(
        _ lines: [String], of groups: [[Step]], sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        for order in Self.permutations(Array(groups.indices)) {
            var builder = FileTree.Builder()
            for step in order.flatMap({ groups[$0] }) { try step(&builder) }
            #expect(builder.conflicts.isEmpty, "order \(order)", sourceLocation: sourceLocation)
            #expect(builder.lines() == lines, "order \(order)", sourceLocation: sourceLocation)
        }
    }

    private static func permutations(_ all: [Int]) -> [[Int]] {
        guard all.count > 1 else { return [all] }
        return all.flatMap { first in
            permutations(all.filter { $0 != first }).map { [first] + $0 }
        }
    }

    @Test("The content moves to the link's target, relative or absolute, whatever comes first")
    func merged() throws {
        for target: ByteString in ["usr/lib", "/usr/lib", "./usr//lib/", "../../usr/lib", "usr/no/../lib"] {
            let made: [String] = target == "usr/no/../lib" ? ["usr/no/ 755"] : []
            try expect(
                ["lib -> \(target)", "usr/ 700", "usr/lib/ 700", "usr/lib/a 'a'", "usr/lib/m/ 700"]
                    + ["usr/lib/m/x 'x'"] + made,
                of: [
                    [Self.directory("lib"), Self.directory("lib/m"), Self.file("lib/m/x", "x")],
                    [Self.directory("usr"), Self.directory("usr/lib"), Self.file("usr/lib/a", "a")],
                    [Self.link("lib", target)],
                ])
        }
    }

    @Test("A target that does not exist yet is made")
    func missingTarget() throws {
        try expect(
            ["lib -> /opt/a", "opt/ 755", "opt/a/ 700", "opt/a/x 'x'"],
            of: [[Self.directory("lib"), Self.file("lib/x", "x")], [Self.link("lib", "/opt/a")]])
        try expect(
            ["run -> tmp/run", "tmp/ 755", "tmp/run/ 700"],
            of: [[Self.directory("run")], [Self.link("run", "tmp/run")]])
    }

    @Test("Links may lead to links, and into what another link moves")
    func chains() throws {
        try expect(
            ["a -> b", "b -> c/d", "c -> e", "e/ 755", "e/d/ 755", "e/d/x 'x'", "e/d/y 'y'", "e/d/z 'z'"],
            of: [
                [Self.file("a/x", "x")], [Self.file("b/y", "y")], [Self.file("c/d/z", "z")],
                [Self.link("a", "b")], [Self.link("b", "c/d"), Self.link("c", "e")],
            ])
        // The target is inside the root, which the directory is in as well.
        try expect(
            ["usr -> .", "x 'x'", "y 'y'"],
            of: [[Self.file("usr/x", "x"), Self.file("usr/usr/y", "y")], [Self.link("usr", ".")]])
    }

    @Test("Of two files that meet, the one that was added later counts")
    func laterCounts() throws {
        func build(_ steps: Step...) throws -> [String] {
            var builder = FileTree.Builder()
            for step in steps { try step(&builder) }
            #expect(builder.conflicts.isEmpty)
            return builder.lines().filter { $0.hasPrefix("usr/lib/") }
        }
        let (low, high) = (Self.file("lib/x", "low"), Self.file("usr/lib/x", "high"))
        let link = Self.link("lib", "usr/lib")
        for steps in [[low, high, link], [low, link, high], [link, low, high]] {
            #expect(try build(steps[0], steps[1], steps[2]) == ["usr/lib/ 755", "usr/lib/x 'high'"])
        }
        for steps in [[high, low, link], [high, link, low], [link, high, low]] {
            #expect(try build(steps[0], steps[1], steps[2]) == ["usr/lib/ 755", "usr/lib/x 'low'"])
        }
        let (old, new): (Step, Step) = (
            { try $0.directory("lib", permissions: 0o711) },
            { try $0.directory("usr/lib", permissions: 0o755) }
        )
        #expect(try build(old, new, link) == ["usr/lib/ 755"])
        #expect(try build(new, old, link) == ["usr/lib/ 711"])
    }

    @Test("Hard links stay links when they move")
    func hardLinks() throws {
        var builder = FileTree.Builder()
        try builder.file("lib/x", "x")
        try builder.addHardLink("lib/y", to: "lib/x")
        try builder.addHardLink("z", to: "lib/y")
        try builder.link("lib", "usr/lib")
        try builder.addHardLink("w", to: "lib/y")
        #expect(
            builder.lines() == [
                "lib -> usr/lib", "usr/ 755", "usr/lib/ 755", "usr/lib/x 'x' first of 4",
                "usr/lib/y 'x' link of 4", "w 'x' link of 4", "z 'x' link of 4",
            ])
    }

    @Test("A loop leaves the directory in place and is reported with both paths")
    func loops() throws {
        for target: ByteString in ["d", "d/s", "./d/s/../s", "other"] {
            var builder = FileTree.Builder()
            try builder.link("other", "d")
            try builder.file("d/s/x", "x")
            try builder.link("d", target)
            #expect(
                builder.conflicts == [.linkLeftOut(path: "d", target: target, obstacle: .loop)], "\(target)")
            let text = try #require(builder.conflicts.first?.description)
            #expect(text.contains("/d: ") && text.contains(target.text))
            #expect(
                builder.lines() == ["d/ 755", "d/s/ 755", "d/s/x 'x'", "other -> d"], "\(target)")
        }
        var builder = FileTree.Builder()
        try builder.file("a/x", "x")
        try builder.file("b/y", "y")
        try builder.link("a", "b")
        try builder.link("b", "a")
        #expect(builder.conflicts == [.linkLeftOut(path: "b", target: "a", obstacle: .loop)])
        #expect(builder.lines() == ["a -> b", "b/ 755", "b/x 'x'", "b/y 'y'"])
    }

    @Test("A target that is a file leaves the directory in place, whichever comes first, and is reported")
    func fileAsTarget() throws {
        for target: ByteString in ["f", "f/deeper", "/g/../f"] {
            var builder = FileTree.Builder()
            try builder.file("f", "f")
            try builder.directory("g")
            try builder.file("d/x", "x")
            try builder.link("d", target)
            #expect(
                builder.conflicts == [.linkLeftOut(path: "d", target: target, obstacle: .file("f"))])
            #expect(builder.lines() == ["d/ 755", "d/x 'x'", "f 'f'", "g/ 700"])
            builder = FileTree.Builder()
            try builder.file("f", "f")
            try builder.directory("g")
            try builder.link("d", target)
            try builder.file("d/x", "x")
            #expect(builder.conflicts == [.linkReplaced(path: "d", target: target, obstacle: .file("f"))])
            #expect(builder.lines() == ["d/ 755", "d/x 'x'", "f 'f'", "g/ 700"])
        }
    }

    @Test("What meets something of another kind on the way is reported: the later one counts")
    func otherKinds() throws {
        var builder = FileTree.Builder()
        try builder.file("lib/a/x", "x")
        try builder.file("usr/lib/a", "later file")
        try builder.link("lib", "usr/lib")
        #expect(
            builder.conflicts == [
                .leftOut(path: "usr/lib/a", other: "usr/lib/a"),
                .leftOut(path: "lib/a/x", other: "usr/lib/a"),
            ])
        #expect(builder.lines() == ["lib -> usr/lib", "usr/ 755", "usr/lib/ 755", "usr/lib/a 'later file'"])
        builder = FileTree.Builder()
        try builder.file("usr/lib/a/x", "x")
        try builder.file("lib/a", "later file")
        try builder.link("lib", "usr/lib")
        #expect(builder.conflicts == [.directoryReplaced(path: "usr/lib/a")])
        #expect(builder.lines() == ["lib -> usr/lib", "usr/ 755", "usr/lib/ 755", "usr/lib/a 'later file'"])
    }

    @Test("Below a root of its own, links are seen from there")
    func ownRoots() throws {
        func builder() -> FileTree.Builder {
            FileTree.Builder(stamp: stamp) { $0.count > 2 && $0[0].elementsEqual("c".utf8) ? 2 : 0 }
        }
        for target: ByteString in ["/usr/lib", "../../../usr/lib", "usr/lib"] {
            var tree = builder()
            try tree.file("c/one/lib/x", "x")
            try tree.link("c/one/lib", target)
            try tree.file("c/one/lib/y", "y")
            try tree.addHardLink("c/one/z", to: "c/one/lib/y")
            #expect(
                tree.lines() == [
                    "c/ 755", "c/one/ 755", "c/one/lib -> \(target)", "c/one/usr/ 755", "c/one/usr/lib/ 755",
                    "c/one/usr/lib/x 'x'", "c/one/usr/lib/y 'y' first of 2", "c/one/z 'y' link of 2",
                ])
        }
    }

    @Test("Moving the same files again and again ends in an error")
    func endless() throws {
        var builder = FileTree.Builder(stamp: stamp, moveLimit: 100)
        for index in 0..<9 { try builder.file(ByteString("d0/f\(index)"), "") }
        #expect(throws: FileTreeError.tooManyMoves(path: "d10", limit: 100)) {
            for index in 0..<20 {
                try builder.link(ByteString("d\(index)"), ByteString("d\(index + 1)"))
            }
        }
    }

    @Test(
        "Directories and links in any order lose no file without a report",
        arguments: [TestSeed.value])
    func random(seed: UInt64) throws {
        var state = seed
        func random(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        func path() -> String {
            (0...random(3)).map { _ in ["a", "b", "c", "d"][random(4)] }.joined(separator: "/")
        }
        for round in 0..<300 {
            var builder = FileTree.Builder()
            var files = 0
            var steps: [String] = []
            do {
                for number in 0..<(2 + random(12)) {
                    let path = path()
                    switch random(4) {
                    case 0, 1:
                        // A name of its own, so that only directories and links meet.
                        files += 1
                        steps.append("file \(path)/f\(number)")
                        try builder.file(ByteString("\(path)/f\(number)"), "")
                    case 2:
                        steps.append("directory \(path)")
                        try builder.directory(ByteString(path))
                    default:
                        let target = ["", "/", "../", "./"][random(4)] + self.target(random)
                        steps.append("link \(path) \(target)")
                        try builder.link(ByteString(path), ByteString(target))
                    }
                }
            } catch {
                guard case .tooManyLinks = error else { throw error }
                continue
            }
            let conflicts = builder.conflicts
            let found = builder.freeze().filter { $0.node.kind == .regular }.count
            #expect(
                found == files || !conflicts.isEmpty, "seed \(seed), round \(round): \(steps)")
        }
    }

    private func target(_ random: (Int) -> Int) -> String {
        (0...random(2)).map { _ in ["a", "b", "c", "d", ".."][random(5)] }.joined(separator: "/")
    }
}
