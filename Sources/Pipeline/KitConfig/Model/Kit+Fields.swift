internal import JSON

extension Kit: ConfigRecord {
    static let fields: [Field<Kit>] = [
        Field("kernel", \.kernel, .always, "The kernel."),
        Field(
            "init", \.initImages, .always,
            "Images that make up the root file system; later ones replace files of earlier ones."),
        Field("onboot", \.onboot, .always, "Containers that run one after another at boot."),
        Field("onshutdown", \.onshutdown, .always, "Containers that run one after another at shutdown."),
        Field("services", \.services, .always, "Containers that run concurrently."),
        Field("files", \.files, .always, "Files to add."),
        Field("volumes", \.volumes, .always, "Directories that containers share."),
        Field("trust", \.trust, "Accepted and ignored."),
    ]

    /// `trust` is not stored.
    private var trust: TrustConfig? {
        get { nil }
        set {}
    }

    private static let sections: [String: Sections] = [
        "init": .initImages, "onboot": .onboot, "onshutdown": .onshutdown, "services": .services,
        "files": .files, "volumes": .volumes,
    ]

    mutating func finish(at locations: FieldLocations, _ context: inout DecodeContext) {
        for (index, image) in initImages.enumerated() {
            guard let reason = Rules.imageName(image), let location = image.location else { continue }
            context.inside(".init[\(index)]") { $0.report(reason, at: location) }
        }
        for (key, section) in Self.sections where locations.fields[key] != nil { written.insert(section) }
        if let location = locations.fields["trust"] {
            context.note("\"trust\" is ignored: images are checked by digest", at: location)
        }
    }

    /// A missing list is `null` in JSON and `[]` in YAML; an empty list in the text is `[]` in both.
    func encoded(_ form: GoForm) -> JSONValue {
        var object = JSONObject()
        for field in Self.fields {
            guard let (key, value) = field.encode(self, form) else { continue }
            let missing = Self.sections[key].map { !written.contains($0) && value == [] } ?? false
            if case .json = form, missing { object[key] = .null } else { object[key] = value }
        }
        return .object(object)
    }
}

/// Settings of Docker content trust, which LinuxKit no longer uses.
struct TrustConfig: ConfigRecord {
    var image: [String] = []
    var org: [String] = []

    static let fields: [Field<TrustConfig>] = [
        Field("image", \.image, "Ignored."),
        Field("org", \.org, "Ignored."),
    ]
}
