internal import Host

/// Looks for the bill of materials that outputs of every format hold: `/sbom.spdx.json` of their root file system.
public enum SBOMFinder {
    /// The first document that one of the files at `paths` holds; nil if none does. Throws for a file that cannot
    /// be opened; what looks like an output and cannot be read as one goes to `onWarning`.
    public static func find(in paths: [String], onWarning: (String) -> Void) throws -> [UInt8]? {
        for path in paths {
            let file = try ReadableFile(path: path)
            do {
                if let found = try SBOMSearch().search(file) { return found }
            } catch {
                onWarning("\(path) cannot be searched for a bill of materials: \(error)")
            }
        }
        return nil
    }
}
