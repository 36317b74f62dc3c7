public import Bytes

/// An extended attribute that was left out of a tree.
public struct DroppedAttribute: Hashable, Sendable {
    /// The first path of the file.
    public var path: ByteString
    public var name: ByteString

    public init(path: ByteString, name: ByteString) {
        self.path = path
        self.name = name
    }
}

extension FileTree {
    /// Removes the extended attributes that a format cannot store: for a file's attributes `storable` returns those
    /// that stay, in their order.
    ///
    /// - Returns: what was removed, in the order of the tree.
    public mutating func dropAttributes(
        keeping storable: ([ExtendedAttribute]) -> [ExtendedAttribute]
    ) -> [DroppedAttribute] {
        var dropped: [DroppedAttribute] = []
        // Nodes are numbered by their first names, so this is the order of the tree.
        for node in nodes.indices where !nodes[node].metadata.xattrs.isEmpty {
            let all = nodes[node].metadata.xattrs
            let kept = storable(all)
            guard kept.count < all.count else { continue }
            let names = Set(kept.map(\.name))
            let path = path(of: Int(links[node].first))
            dropped += all.filter { !names.contains($0.name) }
                .map { DroppedAttribute(path: path, name: $0.name) }
            nodes[node].metadata.xattrs = kept
        }
        return dropped
    }
}
