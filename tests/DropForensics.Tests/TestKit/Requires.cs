using Xunit;

namespace DropForensics.Tests.TestKit;

/// <summary>
/// Skips a test where this machine lacks what it needs, and says what. In CI everything is there: a skip is a failure.
/// </summary>
internal static class Requires
{
    // What a machine lacks does not change while tests run; to find out makes namespaces.
    private static readonly Lazy<string?> LackingForLive = new(LiveHost.WhyNot);

    private static bool InCi => Environment.GetEnvironmentVariable("CI") == "true";

    /// <summary>Root, tracefs with the drop tracepoint, and namespaces of our own.</summary>
    public static void LiveKernel()
    {
        That(LackingForLive.Value is null, LackingForLive.Value ?? "");
    }

    /// <summary>What tests/kernels/run left, in the directory that DROPFORENSICS_KERNELS names.</summary>
    public static string KernelResults(string kernel)
    {
        var directory = Environment.GetEnvironmentVariable("DROPFORENSICS_KERNELS");
        That(directory is not null, "DROPFORENSICS_KERNELS names no directory of results: tests/kernels/run ci --out DIR");
        var results = Path.GetFullPath(Path.Combine(directory!, kernel));   // That would have thrown
        That(Directory.Exists(results), $"{directory} has no results of kernel {kernel}: tests/kernels/run {kernel} --out {directory}");
        return results;
    }

    /// <summary>A program on the PATH or at a fixed place.</summary>
    public static string Program(string name, string package)
    {
        var path = Find(name);
        That(path is not null, $"'{name}' is not installed (Debian package {package})");
        return path!;   // That would have thrown
    }

    /// <summary>Debian's chromium, and Playwright's driver to steer it. Nothing is ever downloaded.</summary>
    public static string Chromium()
    {
        var driver = Path.Combine(AppContext.BaseDirectory, ".playwright");
        That(Directory.Exists(driver), $"Playwright's driver is not in {driver}");
        return Program("chromium", "chromium");
    }

    /// <summary>The text of axe-core, which .ci/run fetches.</summary>
    public static string Axe()
    {
        string script = Repository.At("tests", ".axe", "package", "axe.min.js");
        That(File.Exists(script), $"axe-core is not in {script}: npm pack axe-core, unpacked there, as .ci/run does");
        return File.ReadAllText(script);
    }

    /// <summary>flamegraph.pl, where Debian has it.</summary>
    public static string FlameGraph()
    {
        const string script = "/usr/share/perl5/Devel/NYTProf/flamegraph.pl";
        That(File.Exists(script), $"{script} is not there (Debian package libdevel-nytprof-perl)");
        return script;
    }

    /// <summary>A file of the speedscope application, which .ci/run fetches.</summary>
    public static string Speedscope(string name)
    {
        string file = Repository.At("tests", ".speedscope", "package", "dist", "release", name);
        That(File.Exists(file), $"speedscope is not in {file}: npm pack speedscope, unpacked there, as .ci/run does");
        return file;
    }

    /// <summary>OpenTelemetry's own types of OTLP, in JavaScript, which .ci/run fetches.</summary>
    public static string OtlpTypes()
    {
        string file = Repository.At("tests", ".otlp", "node_modules", "@opentelemetry", "otlp-transformer", "build", "src", "generated", "root.js");
        That(File.Exists(file), $"OpenTelemetry's types are not in {file}: npm install --prefix tests/.otlp @opentelemetry/otlp-transformer, as .ci/run does");
        return file;
    }

    /// <summary>Prometheus' own check of what it reads; .ci/run takes it out of Debian's package, which would start a service.</summary>
    public static string Promtool()
    {
        string program = Repository.At("tests", ".promtool", "usr", "bin", "promtool");
        That(File.Exists(program), $"promtool is not in {program}: apt-get download prometheus, unpacked there, as .ci/run does");
        return program;
    }

    public static void That(bool available, string otherwise)
    {
        if (available) return;
        if (InCi) Assert.Fail($"not skipped in CI: {otherwise}");
        Assert.Skip(otherwise);
    }

    private static string? Find(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(':')
            .Concat(["/usr/sbin", "/sbin", "/usr/bin", "/bin"])
            .Where(directory => directory.Length > 0)
            .Select(directory => Path.Combine(directory, name))
            .FirstOrDefault(File.Exists);
}
