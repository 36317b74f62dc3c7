import Building
import OCI
import Outputs
import Registry

extension Failure {
    init(request error: RequestError) {
        let message: String
        var status = ExitStatus.usage
        switch error {
        case .noFormats: message = "--format is empty; pass the name of a format"
        case .architecture(let reason): message = reason
        case .clash(let one, let other, let suffix):
            message = "\(one.name) and \(other.name) would both write NAME\(suffix); build them apart"
        case .severalFormatsInStream:
            message = "-o names one file, but there are several formats; use --name"
        case .notStreamed(let format):
            let reason = format.suffixes.count > 1 ? "writes several files" : "is not a stream"
            message = "-o cannot be used with \(format.name), which \(reason); use --name and --dir"
        case .streamIsDirectory(let path):
            message = "-o names a file, but \(path) is a directory; use --dir and --name"
            status = .cannotCreate
        case .streamOverwritesInput: message = "--input-tar and -o name the same file"
        case .emptyName: message = "--name must not be empty"
        case .earlierOutputUnderPolicy:
            message =
                "--input-tar takes parts of images that nobody checks; leave it out where images must be signed"
        }
        self.init(message, status)
    }

    init(build error: BuildError) {
        switch error {
        case .notAcquired(let error, let cache):
            let failure = Failure(registry: error)
            self.init("\(failure.message) (the cache \(cache) does not have all of it)", failure.status)
        case .cacheNotWritable(let path):
            self.init(unwritable: path, because: "does not have all images and ")
        case .offline(let url):
            self.init("\(url): --offline fetches nothing; download the file first", .usage)
        case .notRestored(let reference, let error, let failure):
            self.init(
                "image \(reference): \(error.problem.summary); it could not be fetched again: \(failure)",
                .invalidInput)
        case .noBootDirectory(let firmware, let path):
            self.init("\(BootOptions.option(firmware)) \(path): directory not found", .missingInput)
        case .notATarOutput(let path, let error):
            self.init("--input-tar: \(path) is not a tar output: \(error)", .invalidInput)
        }
    }

    /// What is missing, and each way to get it.
    init(bootFile name: String, missing image: MissingBootImage) {
        let option = BootOptions.option(image.firmware)
        let kind = option.dropFirst(2).dropLast("-boot".count)
        let cause = image.cause.map { " (\(Failure.wording($0)))" } ?? ""
        self.init(
            "\(name) is needed to start the image: "
                + "\(image.reference), the default image, is not in the cache"
                + (image.isPublished
                    ? " and could not be pulled\(cause); pass " : " and published nowhere; pass ")
                + "\(option) @pkg: and the path of Identikit's packages/boot-\(kind), an image, or a directory "
                + "that has it", .invalidInput)
    }
}
