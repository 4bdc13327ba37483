namespace DropForensics.Tests.TestKit;

/// <summary>For tests of two captures set against each other: where they are.</summary>
public abstract class TwoCaptures : IDisposable
{
    private readonly ScratchDirectory _scratch = new();

    private protected string A => _scratch.File("a.db");

    private protected string B => _scratch.File("b.db");

    public void Dispose()
    {
        _scratch.Dispose();
        GC.SuppressFinalize(this);
    }
}
