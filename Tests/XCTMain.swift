import Testing

/// Where the test runner starts. Without this file the package manager looks for XCTest cases first, which takes an index
/// of all sources and finds none: every test here is Swift Testing's.
@main struct Runner {
    static func main() async { await Testing.__swiftPMEntryPoint() as Never }
}
