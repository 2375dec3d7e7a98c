# $1: where the source is and the builds go; $2: where samples go; $3: what they are called. Of $1/main.c five programs with their debug
# information, and samples of them: stripped, signed anew, and the debug information alone.
cd "$1"
gcc -g -O1 -Wl,--build-id main.c -o gcc.elf
clang -g -O1 -fuse-ld=lld -Wl,--build-id main.c -o clang.elf
x86_64-w64-mingw32-gcc -g -O1 main.c -o mingw.exe
clang -target x86_64-pc-windows-msvc -g -gcodeview -O1 -c main.c -o clang.obj
lld-link /debug /entry:main /subsystem:console /nodefaultlib /out:clang.exe /pdb:clang.pdb clang.obj
clang -target x86_64-apple-macos11 -g -O1 -c main.c -o clang.o
"$(ls /usr/bin/ld64.lld* | head -n 1)" -arch x86_64 -platform_version macos 11 11 -e _main -o clang.macho clang.o 2>/dev/null
dsymutil clang.macho -o clang.dSYM
for program in gcc.elf clang.elf; do
    strip -o "$2/$3-stripped-$program" "$program"
    objcopy --only-keep-debug --compress-debug-sections "$program" "$2/$3-debug-$program"
    # What is signed of an ELF file is mostly appended.
    { cat "$2/$3-stripped-$program"; head -c 600 /dev/urandom; echo '~Module signature appended~'; } >"$2/$3-signed-$program"
done
x86_64-w64-mingw32-strip -o "$2/$3-stripped-mingw.exe" mingw.exe
llvm-strip -o "$2/$3-stripped-clang.macho" clang.macho
cp clang.pdb "$2/$3-debug-clang.pdb"
cp clang.dSYM/Contents/Resources/DWARF/clang.macho "$2/$3-debug-clang.macho"
if ! [ -e ../../key.pem ]; then
    openssl req -x509 -newkey rsa:2048 -nodes -subj '/CN=Bench' -days 30 -keyout ../../key.pem -out ../../certificate.pem 2>/dev/null
fi
for program in mingw.exe clang.exe; do
    osslsigncode sign -certs ../../certificate.pem -key ../../key.pem -in "$program" -out "$2/$3-signed-$program" >/dev/null
done
# The debug information alone is to be recognised by the program that it belongs to.
rm -r clang.obj clang.o clang.dSYM clang.pdb
