internal import Assembly
internal import Host
internal import OCI
internal import Outputs
internal import Registry

/// Finds the boot files that a build's formats need.
struct BootImages {
    let acquisition: ImageAcquisition
    let images: CachedImages
    let platform: Platform

    func files(_ choices: [ResolvedBuild.BootChoice]) async throws -> [Firmware: BootFiles] {
        var files: [Firmware: BootFiles] = [:]
        for choice in choices { files[choice.firmware] = BootFiles(try await source(choice), images: images) }
        return files
    }

    private func source(_ choice: ResolvedBuild.BootChoice) async throws -> BootFiles.Source {
        switch choice.source {
        case .directory(let path):
            guard try FileStatus.following(path)?.kind == .directory else {
                throw BuildError.noBootDirectory(choice.firmware, path: path)
            }
            return .directory(path)
        case .image(let reference, let isFetched):
            do {
                try await acquisition.ensure(
                    isFetched ? [ImagePuller.Request(reference, platforms: [platform])] : []
                ) { try await images.prepare([reference], platform: platform, jobs: 1) }
                return .image(try images.image(reference, platform: platform))
            } catch {
                guard choice.isDefault, let cause = Self.absence(error) else { throw error }
                return .missing(
                    MissingBootImage(
                        reference: reference, firmware: choice.firmware, isPublished: isFetched,
                        cause: cause))
            }
        }
    }

    /// Why the image can neither be found nor fetched; nil for what is not an absence, as a policy's refusal.
    private static func absence(_ error: any Error) -> (any Error)?? {
        if let error = error as? ImageError, case .notFound = error.problem { return .some(nil) }
        if let error = error as? RegistryError, case .notFound = error.problem { return .some(nil) }
        if case .notAcquired(let registry, _)? = error as? BuildError, registry.isUnavailable {
            return .some(error)
        }
        return nil
    }
}

extension RegistryError {
    /// Nothing was said about the image: the registry could not be reached, or did not answer.
    fileprivate var isUnavailable: Bool {
        switch problem {
        case .unreachable, .untrusted, .denied, .unavailable, .refused, .interrupted, .cancelled: true
        default: false
        }
    }
}
