import TestSupport
import Testing

/// The sample kit's images in every compression, and what the usual circumstances make of them: built once for
/// all tests over all outputs.
struct UsualOutputs {
    static let shared = Result { try UsualOutputs() }

    let layouts: [LayoutBuilder.Compression: LayoutBuilder]
    /// As `Round.digests` has them.
    let digests: [String: String]

    private init() throws {
        var layouts: [LayoutBuilder.Compression: LayoutBuilder] = [:]
        for compression in LayoutBuilder.Compression.allCases {
            layouts[compression] = try SampleKit.layout(compression)
        }
        self.layouts = layouts
        digests = try Round(.usual, layout: try #require(layouts[.gzip])).digests()
    }
}
