public import Bytes
public import FileTree

/// Writes a tree as a squashfs 4.0 image, one byte sequence for one tree, stamp, block size and compressor.
///
/// The image is superblock, compressor options, data, inode table, directory table, fragment table, export table,
/// id table, xattr table, and zeros up to a multiple of 4 KiB. Contents are pulled from the store once, in the
/// tree's order; memory grows with the number of files only.
public struct SquashFSWriter: Sendable {
    /// Images end at a multiple of this, so that block devices can carry them.
    public static let alignment: UInt64 = 4096

    private let options: SquashFSOptions

    public init(_ options: SquashFSOptions) { self.options = options }

    /// Those of a file's extended attributes that an image can hold: of the namespaces `user.`, `trusted.` and
    /// `security.`, with values that Linux reads.
    public static func storable(_ attributes: [ExtendedAttribute]) -> [ExtendedAttribute] {
        attributes.filter(XattrTable.canStore)
    }

    /// Throws what `write` would throw before it writes anything.
    public func check(_ tree: FileTree) throws(SquashFSError) { _ = try plan(tree) }

    /// Writes the image of `tree`, contents pulled from `store`, to `sink`, which must be at its start, and
    /// gives the sink back.
    ///
    /// Times are clamped to 32 bits, unsigned, and fractions dropped.
    public func write<Sink: RewritableSink & ~Copyable>(
        _ tree: FileTree, from store: some BlobStore, to sink: consuming Sink
    ) throws(SquashFSError) -> Sink {
        let plan = try plan(tree)
        var output = Output(sink)
        var superblock = Superblock()
        superblock.set(options)
        try output.write([UInt8](repeating: 0, count: Superblock.size))
        if !options.compressor.options.isEmpty {
            superblock.flags.insert(.compressorOptions)
            // Readers take a metadata block that is not compressed.
            var table = MetadataTable("compressor options") { _ in nil }
            table.append(options.compressor.options)
            table.finish()
            try output.write(table.bytes)
        }
        var data = DataWriter(options)
        var fileOfNode = [Int32](repeating: -1, count: tree.nodes.count)
        for (index, node) in tree.nodes.enumerated() where node.kind == .regular {
            guard let file = try data.add(node.contents, from: store, to: &output) else { continue }
            fileOfNode[index] = Int32(truncatingIfNeeded: file)
        }
        try data.finish(&output)
        var inodes = InodeWriter(
            tree, plan, files: data.files, fileOfNode: fileOfNode, compress: options.compressor.makeCompress()
        )
        try inodes.write()
        try writeTables(inodes, plan, data.fragments, &superblock, to: &output)
        superblock.bytesUsed = output.count
        try output.align(to: Self.alignment)
        sink = try output.finish()
        do throws(StreamError) { try sink.overwrite(at: 0, superblock.encoded) } catch {
            throw .stream(error)
        }
        return sink
    }

    private func plan(_ tree: FileTree) throws(SquashFSError) -> TreePlan {
        guard (12...20).map({ 1 << $0 }).contains(options.blockSize) else {
            throw .invalidBlockSize(options.blockSize)
        }
        return try TreePlan(tree)
    }

    /// Writes the tables one after the other: the kernel takes the start of each for the end of the one before.
    private func writeTables<Sink: ByteSink & ~Copyable>(
        _ inodes: InodeWriter, _ plan: TreePlan, _ fragments: [FragmentEntry],
        _ superblock: inout Superblock, to output: inout Output<Sink>
    ) throws(SquashFSError) {
        let compress = options.compressor.makeCompress()
        superblock.inodes = UInt32(truncatingIfNeeded: inodes.references.count)
        superblock.rootInode = inodes.references.last ?? InodeReference(block: 0, offset: 0)
        superblock.inodeTableStart = output.count
        try output.write(inodes.inodes.bytes)
        superblock.directoryTableStart = output.count
        try output.write(inodes.directories.bytes)

        superblock.fragments = UInt32(truncatingIfNeeded: fragments.count)
        superblock.fragmentTableStart = try LookupTable.write(
            fragments.flatMap(\.encoded), "fragment table", to: &output, compress: compress)

        var references: [UInt8] = []
        references.reserveCapacity(inodes.references.count * 8)
        for reference in inodes.references { references.append(little: reference.packed) }
        superblock.lookupTableStart = try LookupTable.write(
            references, "export table", to: &output, compress: compress)

        superblock.ids = UInt16(truncatingIfNeeded: plan.ids.ids.count)
        superblock.idTableStart = try LookupTable.write(
            plan.ids.encoded, "id table", to: &output, compress: compress)
        if !plan.xattrs.isEmpty {
            superblock.xattrIDTableStart = try plan.xattrs.write(to: &output, compress: compress)
        }
    }
}

extension Superblock {
    fileprivate mutating func set(_ options: SquashFSOptions) {
        mkfsTime = UInt32(clamping: options.stamp.time.seconds)
        blockSize = UInt32(truncatingIfNeeded: options.blockSize)
        blockLog = UInt16(truncatingIfNeeded: options.blockSize.trailingZeroBitCount)
        compression = options.compressor.compression.rawValue
        flags = [.duplicates, .exportable]
    }
}
