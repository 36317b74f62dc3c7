public import Bytes

/// Declared in this module because it can ask the system for the text of an error number.
extension StreamError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .system(let operation, let path, let code):
            "cannot \(operation) \(path): \(HostEnvironment.message(errno: code))"
        case .unexpectedEnd(let what, let offset):
            "\(what) is truncated at byte \(offset)"
        case .corrupt(let what, let offset, let reason):
            "\(what) is damaged at byte \(offset): \(reason)"
        case .changed(let path):
            "\(path) changed while it was read; try again when nothing writes to it"
        case .limitExceeded(let what, let limit):
            "\(what) exceeds the limit of \(limit)"
        }
    }
}
