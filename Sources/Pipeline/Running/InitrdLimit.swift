/// How large an initrd can be that QEMU loads itself (`-initrd`).
public enum InitrdLimit: Sendable, Equatable {
    /// The initrd and its limit, both in bytes: no kernel takes one at an address from 2 GiB on (`initrd_addr_max`),
    /// and QEMU refuses it.
    case tooLarge(size: UInt64, limit: UInt64)
    /// The memory that the machine has, and what it needs at the least: both in MiB.
    case tooLittleMemory(needed: UInt64, memory: UInt64)

    private static let limit: UInt64 = 2 << 30

    /// What is wrong with an initrd of `size` bytes in a machine with `memory` MiB; nil if nothing is.
    public static func problem(size: UInt64, memory: Int) -> InitrdLimit? {
        if size >= limit { return .tooLarge(size: size, limit: limit) }
        // It is unpacked beside itself, and that has never taken less room than it.
        let needed = ((2 * size) >> 20) + 64
        return UInt64(max(0, memory)) < needed
            ? .tooLittleMemory(needed: needed, memory: UInt64(max(0, memory))) : nil
    }
}
