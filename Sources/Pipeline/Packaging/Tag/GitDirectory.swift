internal import Bytes
internal import Digests
internal import Host

/// A directory within a git work tree, asked about by running `git`.
struct GitDirectory {
    /// Absolute, links resolved.
    let path: String
    /// The directory's place below the top of the work tree: empty, or ending in a slash.
    private let prefix: ByteString

    /// Nil if the directory is in no work tree.
    init?(_ path: String) throws {
        self.path = path
        guard Command.find("git") != nil else {
            if try !Self.isBelowRepository(path) { return nil }
            throw PackagingError.tool(doing: "asking git about \(path)", message: "git is not installed")
        }
        let result = try Self.git(in: path, ["rev-parse", "--is-inside-work-tree", "--show-prefix"])
        guard result.status == 0 else {
            if result.errorText.contains("not a git repository") { return nil }
            throw PackagingError.tool(doing: "asking git about \(path)", message: result.errorText)
        }
        var lines = result.output.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        guard lines.removeFirst().elementsEqual("true".utf8) else { return nil }
        prefix = ByteString(lines.first ?? [])
    }

    private static func isBelowRepository(_ path: String) throws -> Bool {
        var directory = path[...]
        while true {
            if try FileStatus.of("\(directory)/.git") != nil { return true }
            guard let slash = directory.lastIndex(of: "/") else { return false }
            directory = directory[..<slash]
        }
    }

    private static func git(in directory: String, _ arguments: [String]) throws -> Command.Result {
        // The messages are compared, so they must not be translated.
        try Command(
            "git", ["-C", directory] + arguments,
            environment: HostEnvironment.inherited(adding: ["LC_ALL": "C"])
        ).run()
    }

    private func git(_ arguments: [String]) throws -> Command.Result {
        try Self.git(in: path, arguments)
    }

    /// The tree hash of the directory in `commit`; nil if the commit does not have the directory, or there is none.
    func treeHash(commit: String) throws -> String? {
        // Not `ls-tree`: its path would be a pattern, and the top of the work tree has no entry.
        let name = "\(commit):\(prefix.hasSuffix("/") ? ByteString(prefix.bytes.dropLast()) : prefix)"
        let result = try git(["rev-parse", "--verify", "--quiet", "--end-of-options", name])
        guard result.status == 0 else { return nil }
        // git 2.30 and later echo `--end-of-options` in some modes: the hash is the last line.
        return result.outputText.split(separator: "\n").last.map(String.init)
    }

    /// True if the work tree differs from `HEAD` below the directory or has files that git neither tracks nor ignores.
    func isDirty() throws -> Bool {
        // A repository without a commit has nothing that the files could be equal to.
        guard try git(["rev-parse", "--verify", "--quiet", "HEAD"]).status == 0 else { return true }
        let changes = try git(["diff", "--no-ext-diff", "--quiet", "--exit-code", "HEAD", "--", "."])
        if changes.status == 1 { return true }
        guard changes.status == 0 else {
            throw PackagingError.tool(doing: "comparing \(path) with HEAD", message: changes.errorText)
        }
        return try !untracked().isEmpty
    }

    func tracked() throws -> [ByteString] { try list(["ls-files", "-z"]) }

    func untracked() throws -> [ByteString] {
        try list(["ls-files", "-z", "--exclude-standard", "--others"])
    }

    /// SHA-256 over the contents of the tracked files, then of the untracked ones, links and missing files left out.
    func contentHash() throws -> String {
        var hasher = SHA256Hasher()
        for file in try tracked() + untracked() {
            let path = ByteString(path) + "/" + file
            guard try FileStatus.of(path)?.kind == .regular else { continue }
            var source = RangeSource(try ReadableFile(path: path))
            try source.copy(to: &hasher)
        }
        return hasher.finalize().hex
    }

    private func list(_ arguments: [String]) throws -> [ByteString] {
        let result = try git(arguments)
        guard result.status == 0 else {
            throw PackagingError.tool(doing: "listing the files of \(path)", message: result.errorText)
        }
        return result.output.split(separator: 0).map { ByteString($0) }
    }
}
