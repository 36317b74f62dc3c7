internal import Assembly
internal import Bytes
internal import FileTree
internal import Tar

/// The parts of an image that a boot loader loads.
struct BootParts {
    var kernel: FileContents?
    var commandLine: FileContents?
    var microcode: FileContents?
}

extension AssembledImage {
    var bootParts: BootParts {
        BootParts(
            kernel: last("boot/kernel")?.contents, commandLine: last("boot/cmdline")?.contents,
            microcode: last("boot/ucode.cpio")?.contents)
    }
}
