import Building
import Digests
import OCI
import Registry

extension RegistryOptions {
    /// Removes those of `references` whose registries have them with the same digest, and returns their names. A
    /// signature is removed with its image only if the registry has it, too; a list of an image's referrers, which was
    /// derived from the registry's, is always removed with the image.
    func removePublished(
        _ references: [ImageReference], from layout: ImageLayout, _ reporter: Reporter
    ) async throws -> [String] {
        func names(_ references: [ImageReference]) throws -> [String] {
            try references.flatMap { try layout.names(of: $0) }
        }
        let attached = try layout.attachments(ofImagesNamedOnly: try names(references))
        let images = try references.filter { reference in
            try !layout.names(of: reference).allSatisfy((attached.signatures + attached.lists).contains)
        }
        let going = try await published(images, in: layout, reporter)
        let theirs = try layout.attachments(ofImagesNamedOnly: try names(going))
        let signatures = try await published(
            try theirs.signatures.map { try ImageReference($0) }, in: layout, reporter)
        let lists = try theirs.lists.map { try ImageReference($0) }
        return try (going + signatures + lists).flatMap { try layout.remove($0, withSignatures: false) }
    }

    /// Returns those of `references` whose registries have them with the same digest as `layout`. The others, and those
    /// whose registry does not answer, are reported and kept, as with LinuxKit.
    private func published(
        _ references: [ImageReference], in layout: ImageLayout, _ reporter: Reporter
    ) async throws -> [ImageReference] {
        try await RegistryAccess.with(try settings(reporter)) { access in
            var published: [ImageReference] = []
            for reference in references {
                reporter.progress("looking up \(reference)")
                let here = try layout.descriptor(of: reference).digest
                do {
                    let there = try await access.client().publishedDescriptor(of: reference.withDefaultTag)?
                        .digest
                    if there == here {
                        published.append(reference)
                    } else {
                        reporter.note(
                            "keeping \(reference): "
                                + (there == nil
                                    ? "not found in its registry" : "its registry has a different digest"))
                    }
                } catch let error as RegistryError {
                    reporter.warning("keeping \(reference): \(error)")
                }
            }
            return published
        }
    }
}
