internal import Bytes

extension Inode {
    /// The inode as it is in the table: in the basic form if that can hold it.
    var encoded: [UInt8] {
        let isExtended = needsExtendedForm
        var bytes: [UInt8] = []
        bytes.append(little: type.rawValue + (isExtended ? InodeType.extended : 0))
        bytes.append(little: permissions)
        bytes.append(little: uid)
        bytes.append(little: gid)
        bytes.append(little: modified)
        bytes.append(little: number)
        switch body {
        case .directory(let body): appendDirectory(body, isExtended, to: &bytes)
        case .regular(let body): appendFile(body, isExtended, to: &bytes)
        case .symbolicLink(let target):
            bytes.append(little: linkCount)
            bytes.append(little: UInt32(truncatingIfNeeded: target.count))
            bytes += target.bytes
            if isExtended { bytes.append(little: xattr) }
        case .blockDevice(let number), .characterDevice(let number):
            bytes.append(little: linkCount)
            bytes.append(little: number.rawValue)
            if isExtended { bytes.append(little: xattr) }
        case .fifo, .socket:
            bytes.append(little: linkCount)
            if isExtended { bytes.append(little: xattr) }
        }
        return bytes
    }

    private var needsExtendedForm: Bool {
        if xattr != Self.noXattr { return true }
        switch body {
        case .directory(let body): return body.size > UInt32(UInt16.max) || !body.index.isEmpty
        case .regular(let body):
            return linkCount > 1 || body.data.sparse > 0 || body.size > UInt64(UInt32.max)
                || body.data.start > UInt64(UInt32.max)
        case .symbolicLink, .blockDevice, .characterDevice, .fifo, .socket: return false
        }
    }

    private func appendDirectory(_ body: DirectoryBody, _ isExtended: Bool, to bytes: inout [UInt8]) {
        guard isExtended else {
            bytes.append(little: body.start.block)
            bytes.append(little: linkCount)
            bytes.append(little: UInt16(truncatingIfNeeded: body.size))
            bytes.append(little: body.start.offset)
            bytes.append(little: body.parent)
            return
        }
        bytes.append(little: linkCount)
        bytes.append(little: body.size)
        bytes.append(little: body.start.block)
        bytes.append(little: body.parent)
        bytes.append(little: UInt16(truncatingIfNeeded: body.index.count))
        bytes.append(little: body.start.offset)
        bytes.append(little: xattr)
        for entry in body.index { bytes += entry.encoded }
    }

    private func appendFile(_ body: FileBody, _ isExtended: Bool, to bytes: inout [UInt8]) {
        let data = body.data
        if isExtended {
            bytes.append(little: data.start)
            bytes.append(little: body.size)
            bytes.append(little: data.sparse)
            bytes.append(little: linkCount)
            bytes.append(little: data.fragment)
            bytes.append(little: data.fragmentOffset)
            bytes.append(little: xattr)
        } else {
            bytes.append(little: UInt32(truncatingIfNeeded: data.start))
            bytes.append(little: data.fragment)
            bytes.append(little: data.fragmentOffset)
            bytes.append(little: UInt32(truncatingIfNeeded: body.size))
        }
        for block in data.blocks { bytes.append(little: block.rawValue) }
    }
}
