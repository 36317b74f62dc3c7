internal import Bytes
internal import KitConfig
internal import OCI

/// The effective settings of a container: field by field, the kit's settings override those of the image's
/// label, which override the image's own.
struct ContainerSettings {
    /// The label with an image's defaults, in the form of a container of a kit.
    static let label = "org.mobyproject.config"

    private let kit: ContainerConfig
    private let label: ContainerConfig
    private let image: ImageConfiguration.Config

    init(kit: ContainerConfig, image: ImageConfiguration.Config) throws(SpecificationError) {
        self.kit = kit
        self.image = image
        guard let text = image.labels?[Self.label], !text.isEmpty else {
            label = ContainerConfig()
            return
        }
        do throws(KitProblems) {
            label = try ContainerConfig(
                label: KitSource(name: "\(kit.image) label \(Self.label)", text: text))
        } catch { throw .label(error) }
    }

    func setting<Value>(_ field: KeyPath<ContainerConfig, Value?>) -> Value? {
        kit[keyPath: field] ?? label[keyPath: field]
    }

    /// For fields where empty means unset.
    func text(_ field: KeyPath<ContainerConfig, String>) -> String {
        kit[keyPath: field].isEmpty ? label[keyPath: field] : kit[keyPath: field]
    }

    /// The kit's list, or the label's, followed by the kit's additions, including duplicates.
    func list(
        _ field: KeyPath<ContainerConfig, [String]?>, adding added: KeyPath<ContainerConfig, [String]?>
    ) -> [String] {
        kit[keyPath: field] ?? (label[keyPath: field] ?? []) + (kit[keyPath: added] ?? [])
    }

    var arguments: [String] { setting(\.command) ?? (image.entrypoint ?? []) + (image.command ?? []) }

    var environment: [String] { setting(\.env) ?? image.environment ?? [] }

    var workingDirectory: String {
        let said = text(\.cwd)
        if !said.isEmpty { return said }
        return image.workingDirectory.flatMap { $0.isEmpty ? nil : $0 } ?? "/"
    }

    /// The image's user, which LinuxKit ignores.
    var ignoredUser: String? {
        guard setting(\.uid) == nil, let user = image.user else { return nil }
        let name = user.prefix { $0 != ":" }
        return ["", "0", "root"].contains(name) ? nil : user
    }

    var isReadOnly: Bool { setting(\.readonly) ?? false }

    /// The runtime settings with all lists and paths present, as LinuxKit's runtime expects.
    var runtime: RuntimeConfig {
        let kit = kit.runtime ?? RuntimeConfig()
        let label = label.runtime ?? RuntimeConfig()
        var merged = RuntimeConfig()
        merged.cgroups = kit.cgroups ?? label.cgroups ?? []
        merged.mounts = kit.mounts ?? label.mounts ?? []
        merged.mkdir = kit.mkdir ?? label.mkdir ?? []
        merged.interfaces = kit.interfaces ?? label.interfaces ?? []
        merged.namespace = kit.namespace ?? label.namespace ?? ""
        merged.bindNS.cgroup = kit.bindNS.cgroup ?? label.bindNS.cgroup ?? ""
        merged.bindNS.ipc = kit.bindNS.ipc ?? label.bindNS.ipc ?? ""
        merged.bindNS.mnt = kit.bindNS.mnt ?? label.bindNS.mnt ?? ""
        merged.bindNS.net = kit.bindNS.net ?? label.bindNS.net ?? ""
        merged.bindNS.pid = kit.bindNS.pid ?? label.bindNS.pid ?? ""
        merged.bindNS.user = kit.bindNS.user ?? label.bindNS.user ?? ""
        merged.bindNS.uts = kit.bindNS.uts ?? label.bindNS.uts ?? ""
        return merged
    }
}
