// SPDX-License-Identifier: MIT
pragma solidity 0.8.37;

/// As much of ERC-20 as reading balances needs.
contract Token {
    string public symbol;
    uint8 public decimals;
    mapping(address => uint256) public balanceOf;

    constructor(string memory symbol_, uint8 decimals_, address holder, uint256 amount) {
        symbol = symbol_;
        decimals = decimals_;
        balanceOf[holder] = amount;
    }
}
