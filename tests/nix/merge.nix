# One merge case, as NixOS sees it: what is defined after all modules are merged, defaults left out.
{ lib }:
definitions:
let
  evaluated = lib.evalModules {
    modules = [ { options = import ./manifest.nix lib; } definitions ];
  };
  # Of an option, its value, if anybody but its own default defined it; of a section, all of those.
  shown = option:
    if lib.isOption option
    then
      if !option.isDefined then [ ]
      else builtins.seq option.value (lib.optional (option.highestPrio < 1500) option.value)
    else
      let inner = lib.concatMapAttrs (name: below: named name (shown below)) option;
      in lib.optional (inner != { }) inner;
  named = name: found: lib.genAttrs (map (_: name) found) (_: builtins.head found);
in
lib.foldl' (_: found: found) { } (shown (removeAttrs evaluated.options [ "_module" ]))
