import Bytes
import TestSupport

/// Layers made by chance from few names, so that they meet: the same seed makes the same layers.
struct LayerGenerator {
    private var state: UInt64
    /// The files made so far, for links.
    private var files: [String] = []

    init(seed: UInt64) { state = seed }

    private mutating func random(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int((state >> 33) % UInt64(bound))
    }

    mutating func layers() -> [[TestMember]] {
        files = []
        return (0..<1 + random(4)).map { layer in (0..<1 + random(7)).map { member(layer, $0) } }
    }

    /// Mostly a directory's name, so that a path mostly leads somewhere.
    private mutating func directory() -> String {
        (0..<random(3)).map { _ in ["d", "e", "d", "e", "a"][random(5)] + "/" }.joined()
    }

    private mutating func name() -> String { ["a", "b", "c", "a", "b", "c", "d", "e"][random(8)] }

    private mutating func member(_ layer: Int, _ number: Int) -> TestMember {
        let path = directory() + name()
        switch random(12) {
        case 0...3:
            files.append(path)
            return .file(ByteString(path), "\(layer).\(number)", mode: [0o644, 0o755, 0o600][random(3)])
        case 4...6: return .directory(ByteString(directory() + ["d", "e"][random(2)]))
        case 7:
            let target = [directory() + name(), "d", "/e", "../d"][random(4)]
            return .symlink(ByteString(path), to: ByteString(target))
        case 8, 9:
            guard !files.isEmpty else { return .directory("d") }
            let target = files[random(files.count)]
            // umoci removes a link's own target before it makes it.
            if target == path { return .directory("e") }
            files.append(path)
            return .hardLink(ByteString(path), to: ByteString(target))
        case 10: return .whiteout(ByteString(directory()), ByteString(name()))
        default: return .opaque(ByteString(directory()))
        }
    }

    /// Layers of which each is the picture of a tree, as overlayfs wants them: with an entry for every directory,
    /// since a path without them may lead through a link of a layer below. Files become directories, and directories
    /// files, from one layer to the next.
    mutating func pictures() -> [[TestMember]] { (0..<2 + random(3)).map { picture($0) } }

    private mutating func picture(_ layer: Int) -> [TestMember] {
        var kinds: [String: Character] = [:]
        var members: [TestMember] = []
        var marks: [TestMember] = []
        var hiding: Set<String> = []
        for number in 0..<3 + random(6) {
            let parts = (0...random(3)).map { _ in ["a", "b", "d"][random(3)] }
            let path = parts.joined(separator: "/")
            let directories = (1..<parts.count).map { parts[..<$0].joined(separator: "/") }
            guard kinds[path] == nil, directories.allSatisfy({ (kinds[$0] ?? "5") == "5" }) else { continue }
            for directory in directories where kinds.updateValue("5", forKey: directory) == nil {
                members.append(.directory(ByteString(directory)))
            }
            switch random(8) {
            case 0...2: members.append(.file(ByteString(path), "\(layer).\(number)"))
            case 3: members.append(.symlink(ByteString(path), to: "nowhere"))
            case 4:
                let files = kinds.filter { $0.value == "0" }.keys.sorted()
                if files.isEmpty { continue }
                members.append(.hardLink(ByteString(path), to: ByteString(files[random(files.count)])))
            case 5: members.append(.directory(ByteString(path)))
            default:
                members.append(.directory(ByteString(path)))
                guard hiding.insert(path).inserted else { continue }
                let directory = ByteString("\(path)/")
                marks.append(
                    random(2) == 0
                        ? .opaque(directory) : .whiteout(directory, ByteString(["a", "b", "d"][random(3)])))
            }
            kinds[path] = members.last?.type == "1" ? "1" : members.last?.type
        }
        if random(3) == 0 { marks.append(.whiteout("", ByteString(["a", "b", "d"][random(3)]))) }
        return random(2) == 0 ? marks + members : members + marks
    }

    /// The layers for a person.
    static func text(_ layers: [[TestMember]]) -> String {
        layers.map { layer in
            layer.map { "\($0.type) \($0.name.text) \($0.link.text)" }.joined(separator: "\n")
        }.joined(separator: "\n--\n")
    }
}
