// Where the program finds the models, meshes and textures that belong to it.
#ifndef ROOKERY_CORE_ASSETS_H_
#define ROOKERY_CORE_ASSETS_H_

#include <string>
#include <vector>

namespace rookery {

// Folders searched, in order: the environment variable ROOKERY_ASSETS, those added below,
// share/rookery/assets beside the program's bin/, the source folder this program was built from,
// the folder it was installed to.
std::vector<std::string> AssetFolders();

// For tasks outside of this repository that bring models of their own; call it before main or
// from a registrar. Returns true.
bool AddAssetFolder(const std::string& folder);

// Path of "insertion/ell.urdf" etc.; an absolute path is returned as it is. UserError that names
// every path tried when there is no such file.
std::string FindAsset(const std::string& name);

}  // namespace rookery

#endif  // ROOKERY_CORE_ASSETS_H_
