public import KitConfig
public import Outputs

/// The files that a build writes, as an entry of the shared cache names them: format and suffix.
public struct ExpectedFiles: Sendable {
    public struct File: Hashable, Sendable {
        /// `kernel+initrd-initrd.img`: no base name, which every builder has its own of.
        public let title: String
        /// What follows the base name.
        public let suffix: String
        /// False for what a kit may do without.
        public let isRequired: Bool
    }

    /// In the order of the formats and their suffixes, each suffix once.
    public let files: [File]

    public init(_ formats: [OutputFormat], of kit: Kit) {
        // Titles must not depend on the order in which formats are asked for.
        let sorted = formats.sorted { Array($0.name.utf8).lexicographicallyPrecedes(Array($1.name.utf8)) }
        var files: [File] = []
        for suffix in formats.flatMap(\.suffixes) where !files.contains(where: { $0.suffix == suffix }) {
            guard let owner = sorted.first(where: { $0.suffixes.contains(suffix) }) else { continue }
            let isRequired =
                switch suffix {
                case "-kernel": !kit.kernel.image.isEmpty
                case "-cmdline": !kit.kernel.image.isEmpty && !kit.kernel.cmdline.isEmpty
                default: true
                }
            files.append(File(title: owner.name + suffix, suffix: suffix, isRequired: isRequired))
        }
        self.files = files
    }
}
