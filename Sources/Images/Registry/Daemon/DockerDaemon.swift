internal import Digests
public import Host
public import OCI

/// The images of a Docker daemon, or of podman's service, which speaks the same API (Docker Engine API,
/// "Images").
public struct DockerDaemon: Sendable {
    private let address: DaemonAddress
    /// Told of what the daemon has and cannot be used.
    public var onNote: @Sendable (String) -> Void = { _ in }

    /// The daemon that `DOCKER_HOST` names, else the one that listens at the usual places. Nothing is asked of
    /// it yet.
    public init(
        environment: (String) -> String? = HostEnvironment.variable
    ) throws(DaemonError) {
        address = try DaemonAddress(environment: environment)
        isAbsent = environment("DOCKER_HOST")?.isEmpty != false && !address.exists
    }

    /// True if `DOCKER_HOST` names none and nothing is at the usual places.
    public let isAbsent: Bool

    /// Brings `reference` from the daemon into `layout` under that name, replacing what had it. False if the
    /// daemon does not have it for `platform`.
    ///
    /// An image that is in the layout already as the daemon has it is not brought again. One named with a
    /// digest comes only from a daemon that keeps manifests as they were (Docker's containerd store); the
    /// others generate manifests, with other digests.
    ///
    /// Throws `DaemonError`, or `ImageError` for an invalid archive; the layout then names what it named
    /// before.
    public func fetch(
        _ reference: ImageReference, platform: Platform, into layout: ImageLayout
    ) async throws -> Bool {
        let connection = DaemonConnection(address: address, reference: reference)
        do {
            let done = try await fetch(reference, platform, layout, over: connection)
            await connection.close()
            return done
        } catch {
            await connection.close()
            throw error
        }
    }

    private func fetch(
        _ reference: ImageReference, _ platform: Platform, _ layout: ImageLayout,
        over connection: DaemonConnection
    ) async throws -> Bool {
        guard let image = try await connection.inspect() else { return false }
        if let digest = reference.digest, image.identity != digest { return false }
        if !platform.accepts(image.platform) {
            onNote(
                "\(reference): the Docker daemon at \(address) has it for \(image.platform), not for \(platform)"
            )
            return false
        }
        if try await exists(reference, image, platform, layout) { return true }
        try await connection.export(into: layout)
        return true
    }

    /// True if the layout has the same image, whole.
    private func exists(
        _ reference: ImageReference, _ image: DaemonImage, _ platform: Platform, _ layout: ImageLayout
    ) async throws(ImageError) -> Bool {
        try await Blocking.run { () throws(ImageError) in
            guard try layout.isComplete(reference, platform: platform, attestations: false) else {
                return false
            }
            let found = try layout.image(reference, platform: platform)
            return [found.manifest.configuration.digest, found.descriptor.digest, found.root.digest]
                .contains { $0 == image.identity }
        }
    }
}
