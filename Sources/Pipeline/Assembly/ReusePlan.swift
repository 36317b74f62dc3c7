internal import Bytes
internal import KitConfig
internal import OCI

/// The parts of an earlier output that are reused.
struct ReusePlan {
    /// The `LINUXKIT.location`s of the parts: `kernel`, `init[0]`, `services[1]`.
    private(set) var locations: Set<String> = []

    init() {}

    /// Compares the sections of `kit`, its image names expanded, with those that `earlier` was built from.
    init(_ kit: Kit, from earlier: EarlierOutput, reusesKernel: Bool) {
        let old = earlier.kit
        func reuse(_ location: String, if isUnchanged: Bool) {
            if isUnchanged, earlier.entries(at: location) != nil { locations.insert(location) }
        }
        reuse("kernel", if: kit.kernel == old.kernel && reusesKernel)
        for (index, image) in kit.initImages.enumerated() {
            reuse("init[\(index)]", if: old.initImages.dropFirst(index).first == image)
        }
        for (index, volume) in kit.volumes.enumerated() {
            reuse("volume[\(index)]", if: old.volumes.dropFirst(index).first == volume)
        }
        // Every bundle depends on the numeric user IDs and on the volumes.
        guard kit.containerIDs == old.containerIDs, kit.volumes == old.volumes else { return }
        var owners: [ImageName: (location: String, isReused: Bool)] = [:]
        var oldOwners: [ImageName: String] = [:]
        for (location, container) in Self.containers(old) where oldOwners[container.image] == nil {
            oldOwners[container.image] = location
        }
        let oldContainers = Dictionary(Self.containers(old)) { first, _ in first }
        for (location, container) in Self.containers(kit) {
            // A bundle refers to the files of the first bundle with its image: they must be at the same path.
            let owner = owners[container.image]
            let ownerIsTheSame = oldOwners[container.image] == (owner?.location ?? location)
            let isUnchanged =
                oldContainers[location] == container && ownerIsTheSame && owner?.isReused ?? true
            reuse(location, if: isUnchanged)
            if owner == nil {
                owners[container.image] = (location: location, isReused: locations.contains(location))
            }
        }
    }

    func contains(_ location: String) -> Bool { locations.contains(location) }

    private static func containers(_ kit: Kit) -> [(String, ContainerConfig)] {
        [("onboot", kit.onboot), ("onshutdown", kit.onshutdown), ("services", kit.services)].flatMap {
            list, all in
            all.enumerated().map { ("\(list)[\($0.offset)]", $0.element) }
        }
    }
}
