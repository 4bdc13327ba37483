using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Kernels;

/// <summary>On kernels of the matrix: what busybox's shell alone recorded, imported, is what was sent.</summary>
public sealed class ScriptMatrixTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();

    public static TheoryData<string, string, string> Scripts
    {
        get
        {
            var data = new TheoryData<string, string, string>();
            foreach (var kernel in new[] { "5.10", "6.1", "6.12", "6.18", "7.3" })
            {
                data.Add(kernel, "script-tracepoint", "tracepoint");
                data.Add(kernel, "script-probe", kernel == "5.10" ? "kprobe" : "eprobe");
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Scripts))]
    public void What_a_shell_recorded_is_what_was_sent(string kernel, string run, string probe)
    {
        var results = Requires.KernelResults(kernel);
        var database = _directory.File("x.db");
        Assert.True(File.ReadAllText(Path.Combine(results, $"{run}.exit")).Trim() == "0", File.ReadAllText(Path.Combine(results, $"{run}.log")));

        var import = Shell.Run("dotnet", Path.Combine(AppContext.BaseDirectory, "analyze.dll"), "import", Path.Combine(results, run), "-o", database);

        Assert.True(import.ExitCode == 0, import.ToString());
        Assert.Equal((probe, "SIGTERM"), (Db.Scalar<string>(database, "select probe from capture"), Db.Scalar<string>(database, "select ended from capture")));
        CaptureLedger.AssertEveryLineIsAccountedFor(database);
        var abilities = ProbeAbilities.Of(kernel, probe);
        var made = new MatrixRun(results, kernel, run) { Database = database };

        // A script takes no packet bytes, so no flow is known, whatever the probe could have shown.
        var captured = made.Captured();
        var expected = made.Expected(abilities with { Flow = false });
        Assert.NotEmpty(expected);
        var wrong = expected.Where(kind => captured.GetValueOrDefault(kind.Key) != kind.Value)
            .Select(kind => $"{kind.Value} sent, {captured.GetValueOrDefault(kind.Key)} captured: {kind.Key}");
        Assert.True(!wrong.Any(), string.Join('\n', [.. wrong, "captured:", .. captured]));
        Assert.Equal(1, Db.Scalar<long>(database, "select (select count(*) from drops) between witness_drops - witness_slack and witness_drops from capture"));
    }

    public void Dispose() => _directory.Dispose();
}
