internal import Bytes
internal import OCI
public import TestSupport

/// Images that share layers, as those of a team do, in a layout.
public struct OverlappingImages: Sendable {
    public let builder: LayoutBuilder
    /// The names in the layout: `sample/image-0:1`, …
    public let names: [String]

    /// `count` images of `layers` layers, each layer with one file of about `layerSize` bytes. The lowest quarter
    /// of the layers is the same in all images; of the rest an image shares half with the one before it, half with
    /// the next.
    public init(
        count: Int, layers: Int, layerSize: Int = 2_000, compression: LayoutBuilder.Compression = .gzip
    ) throws {
        let builder = try LayoutBuilder()
        self.builder = builder
        var made: [Int: ImageLayer] = [:]
        var all: [String] = []
        for image in 0..<count {
            let numbers = Self.layerNumbers(image, layers: layers)
            let parts = try numbers.map { number in
                if let known = made[number] { return known }
                let layer = try builder.layer(
                    TestTar.archive([Self.member(number, size: layerSize)]), compression)
                made[number] = layer
                return layer
            }
            let name = "sample/image-\(image):1"
            try builder.index(name, [try builder.manifest(parts)])
            all.append(name)
        }
        names = all
    }

    /// Pushes all to the registry `name` (`127.0.0.1:PORT`) under the same names with skopeo, `jobs` at a time;
    /// returns the references.
    @discardableResult
    public func push(to registry: String, jobs: Int = 2) async throws -> [String] {
        let path = builder.path
        return try await withThrowingTaskGroup(of: Void.self) { group in
            for (index, name) in names.enumerated() {
                if index >= jobs { try await group.next() }
                group.addTask {
                    try Skopeo.push(layout: path, "docker.io/\(name)", to: "\(registry)/\(name)")
                }
            }
            try await group.waitForAll()
            return names.map { "\(registry)/\($0)" }
        }
    }

    /// Which layers an image has: equal numbers are equal layers.
    static func layerNumbers(_ image: Int, layers: Int) -> [Int] {
        let common = layers / 4
        let half = (layers - common) / 2
        return (0..<layers).map { $0 < common ? $0 : common + image * max(1, half) + ($0 - common) }
    }

    /// Bytes that do not compress well and differ from layer to layer.
    private static func member(_ number: Int, size: Int) -> TestMember {
        var member = TestMember.file(ByteString("layer-\(number)"), mode: 0o644)
        var state = UInt64(number) &* 0x9E37_79B9_7F4A_7C15 &+ 1
        member.contents = (0..<size).map { _ in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 56)
        }
        return member
    }
}
