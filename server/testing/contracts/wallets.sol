// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// A wallet of one owner: accepts what the owner's key has signed (EIP-1271).
contract OwnerWallet {
    address public owner;

    constructor(address owner_) {
        owner = owner_;
    }

    function isValidSignature(bytes32 hash, bytes calldata signature) external view returns (bytes4) {
        if (signature.length != 65) return 0xffffffff;
        address signer = ecrecover(hash, uint8(signature[64]), bytes32(signature[:32]), bytes32(signature[32:64]));
        return signer != address(0) && signer == owner ? bytes4(0x1626ba7e) : bytes4(0xffffffff);
    }
}

/// Deploys owner wallets at addresses known before (EIP-1014).
contract WalletFactory {
    function create(address owner, bytes32 salt) external returns (address wallet) {
        wallet = addressOf(owner, salt);
        if (wallet.code.length == 0) new OwnerWallet{salt: salt}(owner);
    }

    function addressOf(address owner, bytes32 salt) public view returns (address) {
        bytes32 code = keccak256(abi.encodePacked(type(OwnerWallet).creationCode, abi.encode(owner)));
        return address(uint160(uint256(keccak256(abi.encodePacked(bytes1(0xff), address(this), salt, code)))));
    }
}

/// Answers whatever it is asked with the same bytes, returned or reverted with.
contract AnsweringWallet {
    bytes private answer;
    bool private reverts;

    constructor(bytes memory answer_, bool reverts_) {
        answer = answer_;
        reverts = reverts_;
    }

    fallback() external {
        bytes memory said = answer;
        if (reverts) {
            assembly {
                revert(add(said, 32), mload(said))
            }
        }
        assembly {
            return(add(said, 32), mload(said))
        }
    }
}

/// Never answers: burns all the gas it is given.
contract BurningWallet {
    uint256 private n;

    fallback() external {
        while (true) n++;
    }
}
