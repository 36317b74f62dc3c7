internal import Bytes
internal import OCI

/// How far an upload is.
struct UploadState {
    let blob: Descriptor
    let contents: any RandomAccessBytes
    /// Repositories still to try.
    var mounts: [String]
    /// True as long as it is known that the registry does not have it.
    var isMissing: Bool
    /// Where the registry takes the bytes that follow; nil if no upload has begun.
    var location: WebAddress?
    /// Bytes that the registry has.
    var offset: UInt64 = 0
    /// Where the last request with bytes ended.
    var sent: UInt64 = 0
    var method: Method
    /// Bytes of one request: few enough that little is lost with one.
    var chunk: UInt64 = 16 << 20
    /// Bytes that the registry wants in one request at least.
    var leastChunk: UInt64 = 64 << 10
    var step = Step.beginning
    var wasCut = false
    /// True if the session was used before a connection was cut.
    var wasResumed = false
    /// True if the registry's `Range` ends with the count of bytes, not with the number of the last one.
    var rangeIsCount = false
    /// Questions about the session that the registry answered with an internal error.
    var failedQuestions = 0
    var restarts = 0

    /// How the bytes are sent: registries differ in what they support.
    enum Method {
        /// Many PATCH requests and a PUT with the rest.
        case chunks
        /// One PUT.
        case whole
        /// One PATCH without a range and an empty PUT, as Docker sends them.
        case stream

        var next: Method? {
            switch self {
            case .chunks: .whole
            case .whole: .stream
            case .stream: nil
            }
        }
    }

    /// The last request of the session.
    enum Step { case beginning, asking, sending, finishing }

    init(
        blob: Descriptor, contents: any RandomAccessBytes, mounts: [String], isMissing: Bool
    ) {
        self.blob = blob
        self.contents = contents
        self.mounts = mounts
        self.isMissing = isMissing
        method = blob.size > chunk ? .chunks : .whole
    }

    var rest: UInt64 { blob.size - offset }

    mutating func forget() {
        location = nil
        offset = 0
        sent = 0
        step = .beginning
        wasResumed = false
    }

    /// True if a new session may succeed where the registry refused a request of this one, which is forgotten then.
    /// Registries answer anything from 400 to 416 to sessions that they have lost, that another replica has, or whose
    /// pieces they cannot put together; and some support one way to send the bytes only.
    mutating func restart(after error: AttemptError) -> Bool {
        guard location != nil, restarts < 4, let status = error.status else { return false }
        if step == .asking, status == 500 {
            // The answer of some to a session that they do not know. Once it may be anything.
            failedQuestions += 1
            guard failedQuestions > 1 else { return false }
        } else if error.isTemporary {
            return false
        } else if step == .asking || wasResumed {
            // As it was.
        } else if status == 413 {
            guard shrink() else { return false }
        } else if [404, 410].contains(status), restarts == 0 {
            // Lost by chance, perhaps.
        } else if dependsOnMethod(status, error) {
            guard let next = method.next else { return false }
            method = next
        } else {
            return false
        }
        restarts += 1
        forget()
        return true
    }

    /// Pieces that fit where a proxy before the registry limits what one request may have.
    private mutating func shrink() -> Bool {
        let tried = method == .chunks ? min(chunk, blob.size) : blob.size
        let smaller = min(tried / 4, chunk)
        guard smaller >= leastChunk else { return false }
        chunk = smaller
        method = .chunks
        return true
    }

    private func dependsOnMethod(_ status: Int, _ error: AttemptError) -> Bool {
        if status == 401 { return false }
        if step == .sending { return true }
        guard step == .finishing else { return false }
        if [404, 405, 409, 410, 411, 415, 416, 501].contains(status) { return true }
        guard status == 400, case .status(_, let message, _, _) = error.cause else { return false }
        return method == .chunks
            || ["BLOB_UPLOAD_INVALID", "BLOB_UPLOAD_UNKNOWN", "SIZE_INVALID", "RANGE_INVALID"].contains {
                message.hasPrefix($0)
            }
    }
}
