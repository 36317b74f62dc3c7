import Bytes
import Host
import Running

/// Determines how to start the image at a path given to `run`.
enum BootImages {
    static func source(_ command: RunQEMUCommand) throws -> BootSource {
        let given: [(isSet: Bool, kind: BootSource.Kind)] = [
            (command.iso, .iso), (command.kernel, .kernel), (command.squashfs, .squashfs),
            (command.erofs, .erofs),
        ]
        let kinds = given.filter(\.isSet).map(\.kind)
        guard kinds.count <= 1 else {
            let names = kinds.map { "--\($0.rawValue)" }.joined(separator: " and ")
            throw Failure("conflicting options: \(names); pass one of them", .usage)
        }
        let isMedium = kinds.isEmpty || kinds == [.iso]
        let contents = isMedium ? try contents(of: command.path) : nil
        do throws(BootSourceError) {
            return try BootSource(path: command.path, kind: kinds.first, contents: contents) { path in
                guard let status = try? FileStatus.following(path) else { return false }
                return status.kind != .directory
            }
        } catch {
            throw Failure(
                "\(error.missing.joined(separator: " and ")): not found; pass an image or the base name that "
                    + "\(Invocation.name) build wrote, without -kernel", .missingInput)
        }
    }

    /// The contents of the file at `path`; nil for a device, and if there is no file.
    private static func contents(of path: String) throws -> ImageContents? {
        guard try FileStatus.following(path)?.kind == .regular else { return nil }
        let contents: ImageContents
        do { contents = try ImageContents(of: try ReadableFile(path: path)) } catch ImageContents.Problem
            .compressed
        {
            throw Failure(
                "\(path): a compressed file, not a disk or CD; unpack it first (tar -xzf, gunzip) and run its "
                    + "contents, for instance disk.raw", .invalidInput)
        } catch ImageContents.Problem.archive {
            throw Failure(
                "\(path): a tar archive, not a disk or CD; build a bootable format, for instance kernel+initrd "
                    + "or qcow2-efi", .invalidInput)
        }
        if contents.mayReferToFiles,
            !contents.format.usualEndings.contains(where: { path.hasSuffix(".\($0)") })
        {
            throw Failure(
                "\(path): inside is a \(contents.format.rawValue) image that may refer to other files of this machine, "
                    + "which a guest could have written there; if it is yours, rename it to end in "
                    + ".\(contents.format.usualEndings[0])", .invalidInput)
        }
        return contents
    }

    /// The boot source with the kernel's command line, if there is one.
    static func boot(_ source: BootSource) throws -> QEMUCommandLine.Boot {
        guard let path = source.commandLinePath, try FileStatus.following(path) != nil else {
            return source.boot
        }
        var file = RangeSource(try ReadableFile(path: path))
        let text = String(decoding: try file.readAll(limit: 1 << 16, of: path), as: UTF8.self)
        switch source.boot {
        case .kernel(let path, let initrd, _): return .kernel(path: path, initrd: initrd, commandLine: text)
        case .kernelAndRoot(let path, let root, _):
            return .kernelAndRoot(path: path, root: root, commandLine: text)
        case .cd, .disk: return source.boot
        }
    }

    /// Rejects a kernel for another architecture, and an initrd that no machine can load.
    static func checkKernel(_ machine: QEMUCommandLine) throws {
        let kernel: String
        switch machine.boot {
        case .kernel(let path, let initrd, _):
            kernel = path
            if let initrd, case .tooLarge(let size, _) = try limit(of: initrd, machine) {
                throw Failure(
                    "\(initrd): initrd too large (\(size) bytes): QEMU loads less than 2 GiB with "
                        + "-initrd; build and run kernel+squashfs, kernel+erofs or iso-bios, which need no "
                        + "initrd", .invalidInput)
            }
        case .kernelAndRoot(let path, _, _): kernel = path
        case .cd, .disk: return
        }
        guard try FileStatus.following(kernel)?.kind == .regular,
            let found = GuestArchitecture(ofKernel: try ReadableFile(path: kernel)),
            found != machine.architecture
        else { return }
        throw Failure(
            "\(kernel): a kernel for \(found.imageName), and the machine is \(machine.architecture.imageName); "
                + "use --arch \(found.imageName)", .invalidInput)
    }

    /// Warns of an initrd that hardly fits into the machine's memory.
    static func memoryWarnings(_ machine: QEMUCommandLine) throws -> [String] {
        guard case .kernel(_, let initrd?, _) = machine.boot,
            case .tooLittleMemory(let needed, let memory) = try limit(of: initrd, machine)
        else { return [] }
        return [
            "\(initrd) needs more memory than the machine's \(memory) MiB to be loaded and unpacked; use --mem \(needed) "
                + "or more"
        ]
    }

    private static func limit(of initrd: String, _ machine: QEMUCommandLine) throws -> InitrdLimit? {
        guard let size = try FileStatus.following(initrd)?.size else { return nil }
        return InitrdLimit.problem(size: size, memory: machine.memory)
    }
}
