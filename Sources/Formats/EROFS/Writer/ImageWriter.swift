internal import Bytes
internal import FileTree

/// Turns a plan into extents, from the first byte to the last.
struct ImageWriter {
    private(set) var extents = ExtentMap()
    private let plan: ImagePlan
    /// Bytes that follow `extents`.
    private var pending: [UInt8] = []
    /// By node: what of a directory stands behind its inode.
    private var directoryTails: [Int: [UInt8]] = [:]
    /// Directories and symbolic links in blocks of their own, in order.
    private var ownBlocks: [UInt8] = []

    init(_ plan: ImagePlan, _ superblock: EROFSSuperblock) {
        self.plan = plan
        encodeOwnBlocks()
        pending = [UInt8](repeating: 0, count: EROFSSuperblock.offset) + superblock.encoded
        appendInodes()
        appendShared()
        pending += ownBlocks
        flush()
        appendContents()
    }

    private static let blockSize = ImagePlan.blockSize

    private mutating func encodeOwnBlocks() {
        for (node, inode) in plan.inodes.enumerated() {
            var bytes: [UInt8]
            if let directory = plan.directories[node] {
                bytes = directory.encoded(blockSize: Self.blockSize) { target in
                    (plan.numbers[target], FileType(plan.index.tree.nodes[target].kind))
                }
            } else if case .symbolicLink(let target) = plan.index.tree.nodes[node].kind {
                bytes = target.bytes
            } else {
                continue
            }
            if inode.layout == .flatInline {
                let whole = bytes.count / Self.blockSize * Self.blockSize
                directoryTails[node] = Array(bytes[whole...])
                bytes.removeLast(bytes.count - whole)
            }
            ownBlocks += bytes
            ownBlocks.align(to: Self.blockSize)
        }
    }

    private mutating func appendInodes() {
        let numbers = plan.numbers
        let shared = plan.xattrs.sharedArea(from: plan.sharedStart % Self.blockSize).numbers
        for node in numbers.indices.sorted(by: { numbers[$0] < numbers[$1] }) {
            pad(to: numbers[node] * UInt64(Inode.slotSize))
            plan.inodes[node].append(to: &pending)
            plan.xattrs.bodies[node]?.append(to: &pending, numbers: shared)
            guard plan.inodes[node].layout == .flatInline else { continue }
            if let contents = plan.contents(of: node) {
                let whole = contents.count / UInt64(Self.blockSize) * UInt64(Self.blockSize)
                append(contents.slice(whole..<contents.count))
            } else {
                pending += directoryTails[node] ?? []
            }
        }
    }

    private mutating func appendShared() {
        if !plan.xattrs.shared.isEmpty {
            pad(to: UInt64(plan.sharedStart))
            pending += plan.xattrs.sharedArea(from: plan.sharedStart % Self.blockSize).bytes
        }
        pad(to: plan.metadataBlocks * UInt64(Self.blockSize))
    }

    private mutating func appendContents() {
        for group in plan.groups.groups where group.start != Inode.noBlock {
            let tail = group.isInline(blockSize: Self.blockSize) ? group.tail(blockSize: Self.blockSize) : 0
            extents.append(group.contents.slice(0..<group.contents.count - UInt64(tail)))
            extents.align(to: UInt64(Self.blockSize))
        }
    }

    private mutating func append(_ contents: FileContents) {
        switch contents {
        case .bytes(let bytes): pending += bytes.bytes
        case .blob:
            flush()
            extents.append(contents)
        }
    }

    private mutating func pad(to offset: UInt64) {
        pending.append(zeros: Int(offset - extents.count) - pending.count)
    }

    /// Hands the pending bytes over. The first of them hold all of block 0, whose checksum is set here:
    /// the packer lets no reference in there.
    private mutating func flush() {
        if extents.count == 0 {
            let checked = Array(pending[EROFSSuperblock.offset..<Self.blockSize])
            let checksum = EROFSSuperblock.checksum(of: checked)
            pending.store(little: checksum, at: EROFSSuperblock.offset + 4)
        }
        extents.append(pending)
        pending.removeAll()
    }
}
