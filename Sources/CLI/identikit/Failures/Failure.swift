import ArgumentParser
import Assembly
import Building
import Bytes
import Comparison
import Cpio
import Host
import KitConfig
import Locking
import OCI
import Outputs
import Packaging
import Registry
import SBOM
import Sharing
import Signatures
import Tar

/// Exit codes, those of BSD's sysexits.
enum ExitStatus: Int32, CaseIterable {
    case usage = 64
    case invalidInput = 65
    case missingInput = 66
    case unavailable = 69
    case software = 70
    case cannotCreate = 73
    case inputOutput = 74
    /// An image that a policy does not allow.
    case notAllowed = 77

    private var meaning: String {
        switch self {
        case .usage: "wrong usage"
        case .invalidInput: "invalid input"
        case .missingInput: "missing input"
        case .unavailable: "service or tool unavailable"
        case .software: "internal error"
        case .cannotCreate: "cannot create an output"
        case .inputOutput: "reading or writing failed"
        case .notAllowed: "image not allowed by the policy"
        }
    }

    /// All of them in a line of text.
    static var listed: String { allCases.map { "\($0.rawValue) \($0.meaning)" }.joined(separator: ", ") }
}

/// An error as it is reported to the user: a text and an exit code.
struct Failure: Error {
    let message: String
    let status: ExitStatus

    init(_ message: String, _ status: ExitStatus) {
        self.message = message
        self.status = status
    }

    /// Prints the error and ends the process; nothing half-written stays behind.
    func exit() -> Never {
        PendingFiles.removeAll()
        var sink = DescriptorSink.standardError
        try? sink.write(Array("\(Invocation.name): \(message.printable)\n".utf8))
        HostProcess.exit(status.rawValue)
    }
}

extension Failure {
    /// The wording for an error of the modules; nil for what the argument parser words itself.
    init?(_ error: any Error) {
        switch error {
        case let failure as Failure: self = failure
        case let error as StreamError: self.init(stream: error)
        case let error as TarError:
            if case .stream(let stream) = error {
                self.init(stream: stream)
            } else {
                self.init("\(error)", .invalidInput)
            }
        case let error as CpioError: self.init("initrd: \(error)", .invalidInput)
        case let error as any FormatError: self.init(format: error)
        case let error as CheckError: self.init(check: error)
        case let error as LockFileError:
            self.init("\(error); restore it, or remove it and run \(Invocation.name) lock", .invalidInput)
        case let error as ImageError: self.init(image: error)
        case let error as KitProblems: self.init(problems: error)
        case AssemblyError.unreadableSource(_, _, _, .missing): self.init("\(error)", .missingInput)
        case AssemblyError.unreadableSource(_, _, _, .unreadable(let reason)):
            self.init("\(error)", Failure(stream: reason).status)
        case let error as AssemblyError: self.init("\(error)", .invalidInput)
        case let error as SpecificationError: self.init("\(error)", .invalidInput)
        case let error as TreeError: self.init("\(error)", .invalidInput)
        case let error as RequestError: self.init(request: error)
        case let error as BuildError: self.init(build: error)
        case OutputError.missingBootImage(let name, let image): self.init(bootFile: name, missing: image)
        case let error as UnknownFormat: self.init("\(error)", .usage)
        case let error as OutputError: self.init("\(error)", .invalidInput)
        case let error as SBOMError: self.init("\(error)", .invalidInput)
        case let error as SharingError: self.init("\(error)", .invalidInput)
        case let error as RegistryError: self.init(registry: error)
        case let error as DaemonError: self.init(daemon: error)
        case let error as PackagingError: self.init(packaging: error)
        case let error as SignatureError: self.init(signature: error)
        case let error as PolicyError: self.init("\(error)", .invalidInput)
        case let error as Host.CommandError: self.init(command: error)
        case is CleanExit, is ExitCode, is ValidationError: return nil
        default: self.init("\(error)", .software)
        }
    }

    /// The text for an error of the modules, where it becomes part of another.
    static func wording(_ error: any Error) -> String { Failure(error)?.message ?? "\(error)" }

    init(stream error: StreamError) {
        let status: ExitStatus =
            switch error {
            case .system("create", _, _), .system("rename", _, _): .cannotCreate
            case .system("open", _, _), .system("stat", _, _): .missingInput
            case .system, .changed: .inputOutput
            case .unexpectedEnd, .corrupt, .limitExceeded: .invalidInput
            }
        self.init("\(error)\(Self.advice(error))", status)
    }

    /// What to do about a full disk, and about one that cannot be written.
    private static func advice(_ error: StreamError) -> String {
        switch error {
        case .system(_, _, SystemErrors.noSpace):
            "; make room there (cache clean --unused frees what no image needs)"
        case .system(_, _, SystemErrors.readOnly): "; choose a place that can be written"
        default: ""
        }
    }

    private init(image error: ImageError) {
        switch error.problem {
        case .stream(let stream):
            self.init("\(error)\(Self.advice(stream))", Failure(stream: stream).status)
        case .notFound, .noPlatform, .missingBlob, .absentLayer, .incomplete:
            self.init("\(error)", .missingInput)
        case .invalidReference: self.init("\(error)", .usage)
        default: self.init("\(error)", .invalidInput)
        }
    }

    /// Every problem on a line of its own, as editors and compilers expect them.
    private init(problems: KitProblems) {
        let count = problems.problems.count
        let title = count == 1 ? "the configuration has a problem" : "the configuration has \(count) problems"
        self.init("\(title); nothing was written\n\(problems)", .invalidInput)
    }

    private init(command error: Host.CommandError) {
        switch error {
        case .notFound(let program):
            self.init(
                "\(program) is not installed or not in PATH; install it and run this again", .unavailable)
        case .notStarted(let program, let reason):
            self.init("\(program) could not be started: \(reason)", .unavailable)
        case .failed(let program, let status, let message):
            let text = message.split(separator: "\n").suffix(3).joined(separator: "; ")
            self.init("\(program) failed with exit code \(status): \(text)", .software)
        }
    }
}
