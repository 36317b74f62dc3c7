public import Bytes
internal import JSON
public import KitConfig
public import OCI

/// The runtime configuration of one container: the `config.json` of the OCI
/// runtime specification 1.2 and LinuxKit's own `runtime.json`.
public struct ContainerSpecification: Hashable, Sendable {
    /// The version of the runtime specification whose structures are written.
    public static let version = "1.2.1"

    /// The bytes of `config.json`.
    public let config: [UInt8]
    /// Whether the root file system is the image itself instead of an overlay on it.
    public let isReadOnly: Bool
    /// The user set by the image, if neither the kit nor the image's label sets one. It is ignored: the container
    /// runs as root.
    public let ignoredUser: String?
    private let runtime: RuntimeConfig

    /// `kit` has the volumes that `container` refers to; `ids` maps container names to user IDs.
    public init(
        _ container: ContainerConfig, of kit: Kit, image: ImageConfiguration.Config, ids: [ByteString: UInt32]
    ) throws(SpecificationError) {
        let resolved: ContainerConfig
        do throws(RuleViolation) {
            resolved = try kit.resolvingVolumes(of: container)
        } catch {
            throw .setting(
                container: container.name, field: "binds", reason: error.description,
                location: container.locations["binds"])
        }
        let settings = try ContainerSettings(kit: resolved, image: image)
        let document = SpecificationDocument(container: container, settings: settings, ids: ids)
        config = try document.json().encoded(.fourSpaces)
        isReadOnly = settings.isReadOnly
        ignoredUser = settings.ignoredUser
        runtime = settings.runtime
    }

    /// The bytes of `runtime.json` for a bundle in the directory `bundle` whose image
    /// was unpacked to `root`, its own `lower` or `rootfs` or that of the first
    /// container with the same image. Paths have no leading slash.
    public func runtime(bundle: String, root: String) -> [UInt8] {
        var document = runtime
        document.mounts = rootMounts(bundle: bundle, root: root) + (runtime.mounts ?? [])
        return document.json.encoded(.fourSpaces)
    }

    private func rootMounts(bundle: String, root: String) -> [Mount] {
        let rootfs = "/\(bundle)/rootfs"
        if isReadOnly {
            // Bind even onto itself, as runc requires a mount point.
            return [Mount(destination: rootfs, source: "/\(root)", options: ["bind"])]
        }
        let tmp = "/\(bundle)/tmp"
        return [
            Mount(destination: tmp, type: "tmpfs", source: "tmpfs"),
            // Private, so that the writable layers are not visible elsewhere.
            Mount(destination: tmp, source: "", options: ["remount", "private"]),
            Mount(
                destination: rootfs, type: "overlay", source: "overlay",
                options: ["lowerdir=/\(root)", "upperdir=\(tmp)/upper", "workdir=\(tmp)/work"]),
        ]
    }
}
