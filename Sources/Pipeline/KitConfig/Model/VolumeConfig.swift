/// One entry of `volumes`.
public struct VolumeConfig: Hashable, Sendable {
    public var name = ""
    /// The image that fills it; empty for a blank volume.
    public var image: ImageName = ""
    public var readonly = false
    /// The format: `filesystem` (the default if empty) or `oci`.
    public var format = ""
    /// With `oci`, the platforms of the image to include; empty for all.
    public var platforms: [String] = []
    public var locations = FieldLocations()

    public init() {}

    /// Whether the volume holds an OCI layout instead of the image's files.
    public var isLayout: Bool { format == "oci" }
}

extension VolumeConfig: ConfigRecord {
    static let fields: [Field<VolumeConfig>] = [
        Field("name", \.name, .always, required: true, "Name of the volume.", check: Rules.volumeName),
        Field("image", \.image, "Image that fills it; if omitted, it is blank."),
        Field("readonly", \.readonly, "Whether it is read-only."),
        Field(
            "format", \.format, "`filesystem`, the default, or `oci` for an OCI layout.",
            check: Rules.volumeFormat),
        Field("platforms", \.platforms, "With `oci`, the platforms of the image; all by default."),
    ]

    mutating func finish(at locations: FieldLocations, _ context: inout DecodeContext) {
        self.locations = locations
        guard let here = locations.record else { return }
        if image.isEmpty, readonly {
            context.note(
                "a blank volume that is read-only stays empty", at: locations["readonly"] ?? here)
        }
    }
}
