internal import Bytes
internal import OCI
internal import Synchronization

/// How far a pull is.
public struct PullProgress: Equatable, Sendable {
    /// Bytes received over the network so far.
    public var receivedBytes: UInt64 = 0
    /// Blobs fetched whole.
    public var fetchedBlobs = 0
    /// Images that are complete in the layout, and the number requested.
    public var completeImages = 0
    public var images = 0
}

/// Collects progress from concurrent transfers and reports it at a limited rate.
final class PullProgressReport: Sendable {
    private let state: Mutex<(progress: PullProgress, reported: UInt64)>
    private let isOver = Mutex(false)
    private let report: @Sendable (PullProgress) -> Void

    /// Bytes between two messages.
    private static let step: UInt64 = 256 << 10

    init(images: Int, report: @escaping @Sendable (PullProgress) -> Void) {
        state = Mutex((PullProgress(images: images), 0))
        self.report = report
    }

    var current: PullProgress { state.withLock { $0.progress } }

    func received(_ bytes: UInt64) {
        let news = state.withLock { state -> PullProgress? in
            state.progress.receivedBytes += bytes
            guard state.progress.receivedBytes - state.reported >= Self.step else { return nil }
            state.reported = state.progress.receivedBytes
            return state.progress
        }
        if let news { report(news) }
    }

    func fetchedBlob() { change { $0.fetchedBlobs += 1 } }

    func completedImage() { change { $0.completeImages += 1 } }

    /// The pull will fail: nothing more is worth fetching.
    func giveUp() { isOver.withLock { $0 = true } }

    var isGivenUp: Bool { isOver.withLock { $0 } }

    private func change(_ edit: (inout PullProgress) -> Void) {
        let news = state.withLock { state in
            edit(&state.progress)
            return state.progress
        }
        report(news)
    }
}
