"""Reading, measuring and showing media: what a file holds, and what of an activity it covers.

Pure core. Untrusted bytes are decoded only in a child process (`child`, `worker`, `inside/`);
the modules at this level never import a decoder, except `synthetic` and `scene`, which make
media and read none. Not for storing originals (vault) nor for the rules of recording (law).

Start at: `probe.probe`, `pictures.thumbnail`, `sound.waveform`, `coverage.cover`,
`synthetic.make_video`, `names.display_name`, `patterns.read_name`.
"""
