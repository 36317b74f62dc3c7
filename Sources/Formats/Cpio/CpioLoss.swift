public import Bytes
public import FileTree

/// Extended attributes that a cpio archive cannot store.
public struct CpioLoss: Hashable, Sendable {
    /// The first path of the file.
    public var path: ByteString
    /// Their names, sorted.
    public var attributes: [ByteString]

    public init(path: ByteString, attributes: [ByteString]) {
        self.path = path
        self.attributes = attributes
    }

    /// The losses of writing `tree` as cpio, in tree order.
    public static func losses(of tree: FileTree) -> [CpioLoss] {
        tree.filter { $0.isFirstName && !$0.node.metadata.xattrs.isEmpty }
            .map { CpioLoss(path: $0.path, attributes: $0.node.metadata.xattrs.map(\.name)) }
    }
}
