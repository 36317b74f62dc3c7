internal import FileTree

extension OutputSession {
    /// The maximum number of warnings about attributes per report.
    private static let shownGroups = 20

    /// Warns about `losses`, one line per kind; with `--strict`, fails for those visible to Linux.
    func report(_ losses: [Loss], format: String) throws(OutputError) {
        let seen = losses.filter(\.isSeenByLinux)
        if options.strict, !seen.isEmpty { throw OutputError.losses(format: format, seen) }
        let groups = LossGroup.groups(losses)
        for group in groups.prefix(Self.shownGroups) {
            onWarning("\(format): \(group.line())\(group.isSummary ? " (-v lists all)" : "")")
        }
        if groups.count > Self.shownGroups {
            onWarning(
                "\(format): lost \(groups.count - Self.shownGroups) more kinds of attributes (-v lists all)")
        }
        for (number, group) in groups.enumerated() where group.isSummary || number >= Self.shownGroups {
            for detail in group.details { onDetail("\(format): \(detail)") }
        }
    }

    /// The root file system with the extended attributes that `store` can represent; others are reported.
    func rootTree(
        for format: String, in store: String, keeping storable: ([ExtendedAttribute]) -> [ExtendedAttribute]
    ) throws -> FileTree {
        var tree = try rootTree()
        let dropped = tree.dropAttributes(keeping: storable)
        try report(dropped.map { Loss($0, store: store) }, format: format)
        return tree
    }
}
