internal import Assembly
internal import FileTree

extension OutputSession {
    static let shownConflicts = 20

    /// The image's entries as a tree, with the files that `addFiles` adds. Conflicts are warnings, or errors
    /// with `--strict`.
    func resolvedTree(
        addFiles: (inout FileTree.Builder) throws -> Void = { _ in }
    ) throws -> FileTree {
        var conflicts: [TreeConflict] = []
        let tree = try image.bootTree(
            stamp: stamp, onConflict: { conflicts.append($0) }, addFiles: addFiles)
        try report(conflicts)
        return tree
    }

    private func report(_ conflicts: [TreeConflict]) throws {
        guard !conflicts.isEmpty else { return }
        if options.strict { throw OutputError.conflicts(conflicts) }
        let new = conflicts.filter { reportedConflicts.insert($0).inserted }
        for conflict in new.prefix(Self.shownConflicts) { onWarning("\(conflict)") }
        if new.count > Self.shownConflicts {
            onWarning("and \(new.count - Self.shownConflicts) more conflicts between files like these")
        }
    }
}
