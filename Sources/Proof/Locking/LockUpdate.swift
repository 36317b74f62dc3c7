public import Building
public import OCI

/// What changes when a lock is renewed.
public struct LockUpdate: Sendable {
    public let lock: ImageLock
    public let added: [ImageReference]
    public let removed: [ImageReference]
    /// The images that stand for something else now.
    public let moved: [(reference: ImageReference, from: ImagePin, to: ImagePin)]

    /// - Parameters:
    ///   - found: what everything stands for now.
    ///   - old: the lock so far; nil if there is none.
    ///   - isUpdated: whether an image that is already locked may move.
    public init(
        found: ImageLock, old: ImageLock?, isUpdated: (ImageReference) -> Bool
    ) {
        var lock = found
        var moved: [(reference: ImageReference, from: ImagePin, to: ImagePin)] = []
        let known = old?.images ?? [:]
        for (reference, pin) in found.images {
            guard let before = known[reference], before != pin else { continue }
            if isUpdated(reference) {
                moved.append((reference, before, pin))
            } else {
                lock.images[reference] = before
            }
        }
        self.lock = lock
        added = found.images.keys.filter { known[$0] == nil }.sorted(by: Self.precedes)
        removed = known.keys.filter { found.images[$0] == nil }.sorted(by: Self.precedes)
        self.moved = moved.sorted { Self.precedes($0.reference, $1.reference) }
    }

    private static func precedes(_ one: ImageReference, _ other: ImageReference) -> Bool {
        one.description.utf8.lexicographicallyPrecedes(other.description.utf8)
    }
}
