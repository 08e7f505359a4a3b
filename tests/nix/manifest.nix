# The manifest's options, as far as the merge cases use them, as a NixOS user would declare them.
lib:
let
  inherit (lib) mapAttrs mkOption;
  inherit (lib.types) attrsOf bool coercedTo either enum int listOf nullOr port str submodule;

  said = type: mkOption { inherit type; };
  usually = type: default: mkOption { inherit type default; };
  # A section of which nothing has to be said; what is null was not said.
  section = types: submodule { options = mapAttrs (_: type: usually (nullOr type) null) types; };

  needs = section { read = listOf str; write = listOf str; network = bool; };
  job = section {
    user = str;
    command = listOf str;
    output = enum [ "stdout" "folder" ];
    environment = attrsOf str;
    needs = needs;
    timeout = str;
  };
  directive = either (listOf str) (nullOr str);
in
{
  host = said str;
  target = said str;
  layout = usually (enum [ "usr" "etc" ]) "usr";
  tags = usually (listOf str) [ ];
  backup = {
    paths = said (listOf str);
    repository = said str;
    exclude = usually (listOf str) [ ];
    compression = usually str "zstd,3";
    home = usually str "/home/borg";
    initialize = usually bool true;
    mail = usually (nullOr str) null;
    drill = usually (nullOr str) null;
    keep = usually (section { daily = int; weekly = int; monthly = int; }) { };
    check = { at = usually str "monthly"; verify_data = usually bool false; };
    schedule = usually
      (coercedTo str (at: { inherit at; }) (section { at = str; jitter = str; persistent = bool; }))
      "daily";
  };
  modules = {
    postgresql = {
      enable = usually bool false;
      databases = usually (either (enum [ "all" ]) (listOf str)) "all";
      exclude = usually (listOf str) [ ];
      port = usually port 5432;
      globals = usually bool true;
      shrink_limit = usually (either (enum [ "off" ]) int) 50;
    };
    gitea = {
      enable = usually bool false;
      user = usually str "git";
      data = usually str "/var/lib/gitea";
    };
    dump = usually (submodule { freeformType = attrsOf job; options.enable = usually bool true; }) { };
  };
  external.users = usually (listOf str) [ ];
  units = usually (attrsOf (attrsOf (attrsOf directive))) { };
  # The manifest has no list with a default of its own; tests/merging.py adds one.
  shelf.folders = usually (listOf str) [ "/etc" "/srv" ];
}
