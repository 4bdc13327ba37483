using DropForensics.Analyze.Model;
using DropForensics.Analyze.Redact;
using DropForensics.Core.Recording;
using DropForensics.Core.Store;
using DropForensics.Tests.TestKit;
using Xunit;

namespace DropForensics.Tests.Analyze.Report;

/// <summary>What the agent could not read of a host, in every form of the report and after redaction.</summary>
public sealed class UnreadEvidenceTests : IDisposable
{
    private readonly ScratchDirectory _directory = new();

    private string File => _directory.File("x.db");

    [Fact]
    public void It_stands_beside_the_verdict_and_in_the_page()
    {
        Write(new UnreadEvidence("network namespace 4026532178", "it ended while it was read"));

        ReportModel model = MadeCapture.Read(File);

        const string Sentence = "Part of the host could not be read: "
            + "network namespace 4026532178 after the window (it ended while it was read). Names and counters may be missing for it; drops are not.";
        Assert.Contains(Sentence, model.Verdict.Completeness.Evidence);
        Assert.Equal("complete", model.Verdict.Completeness.Word);
    }

    [Fact]
    public void Redaction_keeps_what_and_leaves_out_why()
    {
        Write(new("/proc/net/dev of network namespace 4026532178", "cannot open /home/alice/secret"), new("eth0-of-alice", "secret"));

        RedactJob.Run(File, _directory.File("redacted.db"), TextWriter.Null, CancellationToken.None);

        string everything = CaptureBytes.EverythingIn(_directory.File("redacted.db"));
        Assert.Contains("/proc/net/dev of network namespace 4026532178\tthe reason is redacted", everything, StringComparison.Ordinal);
        Assert.DoesNotContain("alice", everything, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", everything, StringComparison.Ordinal);
    }

    public void Dispose() => _directory.Dispose();

    private void Write(params UnreadEvidence[] unread) => MadeCapture.Write(
        File, MadeCapture.Whole, [(0, MadeCapture.Event(101))],
        (writer, _) =>
        {
            MadeCapture.AddCounters(writer);
            writer.AddArtifact(ArtifactPhase.After, 0, UnreadEvidence.Path, UnreadEvidence.Format(unread));
        });
}
