public import Bytes

/// A LinuxKit configuration, which describes the contents of an image.
public struct Kit: Hashable, Sendable {
    public var kernel = KernelConfig()
    /// `init`: images that make up the root file system.
    public var initImages: [ImageName] = []
    public var onboot: [ContainerConfig] = []
    public var onshutdown: [ContainerConfig] = []
    public var services: [ContainerConfig] = []
    public var files: [FileConfig] = []
    public var volumes: [VolumeConfig] = []
    /// The lists present in the text: Go writes a missing one as `null` in JSON.
    public var written: Sections = []

    public struct Sections: OptionSet, Hashable, Sendable {
        public let rawValue: UInt8
        public init(rawValue: UInt8) { self.rawValue = rawValue }

        public static let initImages = Sections(rawValue: 1)
        public static let onboot = Sections(rawValue: 2)
        public static let onshutdown = Sections(rawValue: 4)
        public static let services = Sections(rawValue: 8)
        public static let files = Sections(rawValue: 16)
        public static let volumes = Sections(rawValue: 32)
    }

    public init() {}

    /// The containers, in the order in which IDs are assigned.
    public var containers: [ContainerConfig] { onboot + onshutdown + services }

    /// The IDs that container names stand for in `uid` and `gid`, from 100 on. The last of equal names counts.
    public var containerIDs: [ByteString: UInt32] {
        var ids: [ByteString: UInt32] = [:]
        for (index, container) in containers.enumerated() {
            ids[ByteString(container.name)] = 100 + UInt32(index)
        }
        return ids
    }

    public func volume(named name: String) -> VolumeConfig? { volumes.first { $0.name == name } }

    /// A copy with all image names except the volumes' expanded, as LinuxKit's metadata shows them.
    public func mappingImages(_ expand: (ImageName) -> ImageName) -> Kit {
        var kit = self
        if !kernel.image.isEmpty { kit.kernel.image = expand(kernel.image) }
        kit.initImages = initImages.map(expand)
        let lists: [WritableKeyPath<Kit, [ContainerConfig]>] = [\.onboot, \.onshutdown, \.services]
        for list in lists {
            for index in kit[keyPath: list].indices {
                kit[keyPath: list][index].image = expand(kit[keyPath: list][index].image)
            }
        }
        return kit
    }

    /// Merges a later file: appends its lists and overrides the kernel's fields.
    mutating func append(_ later: Kit) {
        kernel.append(later.kernel)
        initImages += later.initImages
        onboot += later.onboot
        onshutdown += later.onshutdown
        services += later.services
        files += later.files
        volumes += later.volumes
        written.formUnion(later.filled)
    }

    /// As in Go, appending an empty list to a missing one leaves it missing.
    private var filled: Sections {
        var filled: Sections = []
        if !initImages.isEmpty { filled.insert(.initImages) }
        if !onboot.isEmpty { filled.insert(.onboot) }
        if !onshutdown.isEmpty { filled.insert(.onshutdown) }
        if !services.isEmpty { filled.insert(.services) }
        if !files.isEmpty { filled.insert(.files) }
        if !volumes.isEmpty { filled.insert(.volumes) }
        return filled
    }
}
